// The firewall, and an address unless one is given.
param name string
param location string = resourceGroup().location
param azureSkuTier string = 'Standard'
param virtualNetworkResourceId string = ''
param virtualHubId string = ''
param hubIPAddresses object?
param firewallPolicyId string = ''
param publicIPResourceID string = ''
param publicIPAddressObject object = { name: '${name}-pip' }
param additionalPublicIpConfigurations array = []
param managementIPResourceID string = ''
param managementIPAddressObject object = {}
param applicationRuleCollections array?
param networkRuleCollections array?
param natRuleCollections array?
param threatIntelMode string = 'Deny'
param zones array = [1, 2, 3]
param enableForcedTunneling bool = false

param roleAssignments array?

// These change nothing of the network.
param diagnosticSettings array?
param enableTelemetry bool?
param lock object?
param tags object?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

var inVnet = !empty(virtualNetworkResourceId)
var managed = azureSkuTier == 'Basic' || enableForcedTunneling

resource address 'Microsoft.Network/publicIPAddresses@2023-09-01' = if (inVnet && empty(publicIPResourceID)) {
  name: publicIPAddressObject.name
  location: location
  sku: {
    name: publicIPAddressObject.?skuName ?? 'Standard'
  }
  properties: {
    publicIPAllocationMethod: publicIPAddressObject.?publicIPAllocationMethod ?? 'Static'
  }
}

resource managementAddress 'Microsoft.Network/publicIPAddresses@2023-09-01' = if (inVnet && managed && empty(managementIPResourceID)) {
  name: managementIPAddressObject.?name ?? '${name}-mip'
  location: location
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource azureFirewall 'Microsoft.Network/azureFirewalls@2023-04-01' = {
  name: name
  location: location
  zones: map(zones, zone => string(zone))
  properties: {
    sku: {
      name: inVnet ? 'AZFW_VNet' : 'AZFW_Hub'
      tier: azureSkuTier
    }
    firewallPolicy: empty(firewallPolicyId) ? null : { id: firewallPolicyId }

    ipConfigurations: inVnet
      ? concat(
          [
            {
              name: empty(publicIPResourceID) ? address.name : last(split(publicIPResourceID, '/'))
              properties: {
                subnet: { id: '${virtualNetworkResourceId}/subnets/AzureFirewallSubnet' }
                publicIPAddress: { id: empty(publicIPResourceID) ? address.id : publicIPResourceID }

              }
            }
          ],
          additionalPublicIpConfigurations
        )
      : null
    managementIpConfiguration: inVnet && managed
      ? {
          name: empty(managementIPResourceID) ? managementAddress.name : last(split(managementIPResourceID, '/'))
          properties: {
            subnet: { id: '${virtualNetworkResourceId}/subnets/AzureFirewallManagementSubnet' }
            publicIPAddress: { id: empty(managementIPResourceID) ? managementAddress.id : managementIPResourceID }
          }
        }
      : null
    hubIPAddresses: inVnet ? null : hubIPAddresses
    virtualHub: inVnet || empty(virtualHubId) ? null : { id: virtualHubId }
    threatIntelMode: inVnet ? threatIntelMode : null
    applicationRuleCollections: inVnet ? applicationRuleCollections ?? [] : null
    networkRuleCollections: inVnet ? networkRuleCollections ?? [] : null
    natRuleCollections: inVnet ? natRuleCollections ?? [] : null
  }
}

resource firewallRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(azureFirewall.id, role.principalId, role.roleDefinitionIdOrName)
    scope: azureFirewall
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = azureFirewall.name
output resourceId string = azureFirewall.id
output resourceGroupName string = resourceGroup().name
output privateIp string = azureFirewall.properties.ipConfigurations[0].properties.privateIPAddress
output ipConfAzureFirewallSubnet object = azureFirewall.properties.ipConfigurations[0]
output location string = azureFirewall.location
