// The VNet, its subnets one after the other, then its peerings, and for those the way back where it is asked for.
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
param enablePrivateEndpointVNetPolicies bool?
param enableTelemetry bool?
param enableVmProtection bool?
param flowTimeoutInMinutes int?
param ipAllocations array?
param ipamPoolNumberOfIpAddresses array?
param lock object?
param tags object?
param virtualNetworkBgpCommunity string?
param vnetEncryption object?
param vnetEncryptionEnforcement string?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

// The roles of all subnets in one list, each with the place of its subnet.
var grants = flatten(map(subnets ?? [], (subnet, index) => map(subnet.?roleAssignments ?? [], role => { subnet: index, role: role })))

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: name
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: contains(addressPrefixes[0], '/Microsoft.Network/networkManagers/') ? null : addressPrefixes
      ipamPoolPrefixAllocations: contains(addressPrefixes[0], '/Microsoft.Network/networkManagers/') ? [{ pool: { id: addressPrefixes[0] } }] : null
    }
    dhcpOptions: empty(dnsServers) ? null : { dnsServers: dnsServers }
    ddosProtectionPlan: empty(ddosProtectionPlanResourceId) ? null : { id: ddosProtectionPlanResourceId }
    enableDdosProtection: !empty(ddosProtectionPlanResourceId)
  }
}

@batchSize(1)
resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-01-01' = [
  for subnet in subnets ?? []: {
    parent: virtualNetwork
    name: subnet.name
    properties: {
      addressPrefix: subnet.?addressPrefix
      addressPrefixes: subnet.?addressPrefixes
      ipamPoolPrefixAllocations: subnet.?ipamPoolPrefixAllocations
      networkSecurityGroup: empty(subnet.?networkSecurityGroupResourceId) ? null : { id: subnet.networkSecurityGroupResourceId }
      routeTable: empty(subnet.?routeTableResourceId) ? null : { id: subnet.routeTableResourceId }
      natGateway: empty(subnet.?natGatewayResourceId) ? null : { id: subnet.natGatewayResourceId }
      delegations: empty(subnet.?delegation) ? [] : [{ name: subnet.delegation, properties: { serviceName: subnet.delegation } }]
      privateEndpointNetworkPolicies: subnet.?privateEndpointNetworkPolicies
      privateLinkServiceNetworkPolicies: subnet.?privateLinkServiceNetworkPolicies
      defaultOutboundAccess: subnet.?defaultOutboundAccess
    }
  }
]

resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-01-01' = [
  for peering in peerings ?? []: {
    parent: virtualNetwork
    name: peering.?name ?? 'peer-${name}-${last(split(peering.remoteVirtualNetworkResourceId, '/'))}'
    properties: {
      remoteVirtualNetwork: { id: peering.remoteVirtualNetworkResourceId }
      allowForwardedTraffic: peering.?allowForwardedTraffic ?? true
      allowGatewayTransit: peering.?allowGatewayTransit ?? false
      allowVirtualNetworkAccess: peering.?allowVirtualNetworkAccess ?? true
      useRemoteGateways: peering.?useRemoteGateways ?? false
    }
    dependsOn: [subnet]
  }
]

module back 'br/public:avm/res/network/virtual-network/virtual-network-peering:0.1.0' = [
  for peering in peerings ?? []: if (peering.?remotePeeringEnabled ?? false) {
    name: 'back-to-${name}'
    scope: resourceGroup(split(peering.remoteVirtualNetworkResourceId, '/')[2], split(peering.remoteVirtualNetworkResourceId, '/')[4])
    params: {
      localVnetName: last(split(peering.remoteVirtualNetworkResourceId, '/'))
      remoteVirtualNetworkResourceId: virtualNetwork.id
      name: peering.?remotePeeringName
      allowForwardedTraffic: peering.?remotePeeringAllowForwardedTraffic
      allowGatewayTransit: peering.?remotePeeringAllowGatewayTransit
      allowVirtualNetworkAccess: peering.?remotePeeringAllowVirtualNetworkAccess
      useRemoteGateways: peering.?remotePeeringUseRemoteGateways
    }
    dependsOn: [subnet]
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

resource subnetRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in grants: {
    name: grant.role.?name ?? guid(subnet[grant.subnet].id, grant.role.principalId, grant.role.roleDefinitionIdOrName)
    scope: subnet[grant.subnet]
    properties: {
      principalId: grant.role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?grant.role.roleDefinitionIdOrName] ?? last(split(grant.role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = virtualNetwork.name
output resourceId string = virtualNetwork.id
output resourceGroupName string = resourceGroup().name
output subnetNames array = [for (one, index) in (subnets ?? []): subnet[index].name]
output subnetResourceIds array = [for (one, index) in (subnets ?? []): subnet[index].id]
output location string = virtualNetwork.location
