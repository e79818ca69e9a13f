// One subnet of a VNet that is made elsewhere.
param name string
param virtualNetworkName string
param addressPrefix string?
param addressPrefixes array?
param ipamPoolPrefixAllocations array?
param networkSecurityGroupResourceId string?
param routeTableResourceId string?
param natGatewayResourceId string?
param delegation string?
param privateEndpointNetworkPolicies string?
param privateLinkServiceNetworkPolicies string?
param defaultOutboundAccess bool?
param roleAssignments array?

// These change nothing of the network.
param applicationGatewayIPConfigurations array?
param enableTelemetry bool?
param ipAllocations array?
param serviceEndpointPolicies array?
param serviceEndpoints array?
param serviceGateway string?
param sharingScope string?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2024-01-01' existing = {
  name: virtualNetworkName
}

resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-01-01' = {
  parent: virtualNetwork
  name: name
  properties: {
    addressPrefix: addressPrefix
    addressPrefixes: addressPrefixes
    ipamPoolPrefixAllocations: ipamPoolPrefixAllocations
    networkSecurityGroup: empty(networkSecurityGroupResourceId) ? null : { id: networkSecurityGroupResourceId }
    routeTable: empty(routeTableResourceId) ? null : { id: routeTableResourceId }
    natGateway: empty(natGatewayResourceId) ? null : { id: natGatewayResourceId }
    delegations: empty(delegation) ? [] : [{ name: delegation, properties: { serviceName: delegation } }]
    privateEndpointNetworkPolicies: privateEndpointNetworkPolicies
    privateLinkServiceNetworkPolicies: privateLinkServiceNetworkPolicies
    defaultOutboundAccess: defaultOutboundAccess
  }
}

resource subnetRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(subnet.id, role.principalId, role.roleDefinitionIdOrName)
    scope: subnet
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = subnet.name
output resourceId string = subnet.id
output resourceGroupName string = resourceGroup().name
output addressPrefix string = addressPrefix ?? ''
output addressPrefixes array = addressPrefixes ?? []
