// The zone, its links and its A records.
param name string
param location string = 'global'
param virtualNetworkLinks array?
param a array?
param roleAssignments array?

// These change nothing of the network.
param aaaa string?
param cname string?
param enableTelemetry bool?
param lock object?
param mx string?
param ptr string?
param soa string?
param srv string?
param tags object?
param txt string?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

resource privateDnsZone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: name
  location: location
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for link in virtualNetworkLinks ?? []: {
    parent: privateDnsZone
    name: link.?name ?? '${last(split(link.virtualNetworkResourceId, '/'))}-vnetlink'
    location: link.?location ?? 'global'
    properties: {
      registrationEnabled: link.?registrationEnabled ?? false
      resolutionPolicy: link.?resolutionPolicy
      virtualNetwork: { id: link.virtualNetworkResourceId }
    }
  }
]

resource record 'Microsoft.Network/privateDnsZones/A@2020-06-01' = [
  for record in a ?? []: {
    parent: privateDnsZone
    name: record.name
    properties: {
      ttl: record.?ttl ?? 3600
      aRecords: record.?aRecords ?? record.?ipv4Addresses
    }
  }
]

resource zoneRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(privateDnsZone.id, role.principalId, role.roleDefinitionIdOrName)
    scope: privateDnsZone
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = privateDnsZone.name
output resourceId string = privateDnsZone.id
output resourceGroupName string = resourceGroup().name
output location string = privateDnsZone.location
