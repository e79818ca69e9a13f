// The address.
param name string
param location string = resourceGroup().location
param publicIPAllocationMethod string = 'Static'
param publicIPAddressVersion string = 'IPv4'
param publicIpPrefixResourceId string?
param skuName string = 'Standard'
param skuTier string = 'Regional'
param availabilityZones array = [1, 2, 3]
param dnsSettings object?
param ddosSettings object?
param roleAssignments array?

// These change nothing of the network.
param deleteOption string?
param diagnosticSettings array?
param enableTelemetry bool?
param idleTimeoutInMinutes int?
param ipTags array?
param lock object?
param tags object?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

resource publicIpAddress 'Microsoft.Network/publicIPAddresses@2023-09-01' = {
  name: name
  location: location
  sku: {
    name: skuName
    tier: skuTier
  }
  zones: map(availabilityZones ?? [], zone => string(zone))
  properties: {
    publicIPAllocationMethod: publicIPAllocationMethod
    publicIPAddressVersion: publicIPAddressVersion
    publicIPPrefix: empty(publicIpPrefixResourceId) ? null : { id: publicIpPrefixResourceId }
    dnsSettings: dnsSettings
    ddosSettings: ddosSettings
  }
}

resource addressRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(publicIpAddress.id, role.principalId, role.roleDefinitionIdOrName)
    scope: publicIpAddress
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = publicIpAddress.name
output resourceId string = publicIpAddress.id
output resourceGroupName string = resourceGroup().name
output ipAddress string = publicIpAddress.properties.ipAddress
output location string = publicIpAddress.location
