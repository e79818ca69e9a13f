// The VNet with its subnets, and its peerings, and for those the way back where it is asked for.
param name string
param location string = resourceGroup().location
param addressPrefixes array
param dnsServers array?
param ddosProtectionPlanResourceId string?
param subnets array?
param peerings array?
param roleAssignments array?

// These change nothing of the network.
param diagnosticSettings array?
param enableTelemetry bool?
param flowTimeoutInMinutes int?
param lock object?
param tags object?
param vnetEncryption object?
param vnetEncryptionEnforcement string?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

// The roles of all subnets in one list, each with the name of its subnet.
var grants = flatten(map(subnets ?? [], subnet => map(subnet.?roleAssignments ?? [], role => { subnet: subnet.name, role: role })))

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2023-04-01' = {
  name: name
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: addressPrefixes
    }
    dhcpOptions: empty(dnsServers) ? null : { dnsServers: dnsServers }
    ddosProtectionPlan: empty(ddosProtectionPlanResourceId) ? null : { id: ddosProtectionPlanResourceId }
    enableDdosProtection: !empty(ddosProtectionPlanResourceId)
    subnets: [
      for subnet in subnets ?? []: {
        name: subnet.name
        properties: {
          addressPrefix: subnet.?addressPrefix
          addressPrefixes: subnet.?addressPrefixes ?? []
          delegations: subnet.?delegations ?? []
          networkSecurityGroup: empty(subnet.?networkSecurityGroupResourceId) ? null : { id: subnet.networkSecurityGroupResourceId }
          routeTable: empty(subnet.?routeTableResourceId) ? null : { id: subnet.routeTableResourceId }
          natGateway: empty(subnet.?natGatewayResourceId) ? null : { id: subnet.natGatewayResourceId }
          privateEndpointNetworkPolicies: subnet.?privateEndpointNetworkPolicies
          privateLinkServiceNetworkPolicies: subnet.?privateLinkServiceNetworkPolicies
        }
      }
    ]
  }
}

resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-04-01' = [
  for peering in peerings ?? []: {
    parent: virtualNetwork
    name: peering.?name ?? '${name}-${last(split(peering.remoteVirtualNetworkId, '/'))}'
    properties: {
      remoteVirtualNetwork: { id: peering.remoteVirtualNetworkId }
      allowForwardedTraffic: peering.?allowForwardedTraffic ?? true
      allowGatewayTransit: peering.?allowGatewayTransit ?? false
      allowVirtualNetworkAccess: peering.?allowVirtualNetworkAccess ?? true
      useRemoteGateways: peering.?useRemoteGateways ?? false
    }
  }
]

module back 'br/public:avm/res/network/virtual-network/virtual-network-peering:0.1.0' = [
  for peering in peerings ?? []: if (peering.?remotePeeringEnabled ?? false) {
    name: 'back-to-${name}'
    scope: resourceGroup(split(peering.remoteVirtualNetworkId, '/')[2], split(peering.remoteVirtualNetworkId, '/')[4])
    params: {
      localVnetName: last(split(peering.remoteVirtualNetworkId, '/'))
      remoteVirtualNetworkResourceId: virtualNetwork.id
      name: peering.?remotePeeringName ?? '${last(split(peering.remoteVirtualNetworkId, '/'))}-${name}'
      allowForwardedTraffic: peering.?remotePeeringAllowForwardedTraffic
      allowGatewayTransit: peering.?remotePeeringAllowGatewayTransit
      allowVirtualNetworkAccess: peering.?remotePeeringAllowVirtualNetworkAccess
      useRemoteGateways: peering.?remotePeeringUseRemoteGateways
    }
  }
]

resource vnetRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(virtualNetwork.id, role.principalId, role.roleDefinitionIdOrName)
    scope: virtualNetwork
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

resource granted 'Microsoft.Network/virtualNetworks/subnets@2024-01-01' existing = [
  for grant in grants: {
    parent: virtualNetwork
    name: grant.subnet
  }
]

resource subnetRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in grants: {
    name: grant.role.?name ?? guid(virtualNetwork.id, grant.subnet, grant.role.principalId, grant.role.roleDefinitionIdOrName)
    scope: granted[index]
    properties: {
      principalId: grant.role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?grant.role.roleDefinitionIdOrName] ?? last(split(grant.role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = virtualNetwork.name
output resourceId string = virtualNetwork.id
output resourceGroupName string = resourceGroup().name
output subnetNames array = [for subnet in subnets ?? []: subnet.name]
output subnetResourceIds array = [for subnet in subnets ?? []: resourceId('Microsoft.Network/virtualNetworks/subnets', name, subnet.name)]
output location string = virtualNetwork.location
