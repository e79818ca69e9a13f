// One side of a peering.
param localVnetName string
param remoteVirtualNetworkResourceId string
param name string = 'peer-${localVnetName}-${last(split(remoteVirtualNetworkResourceId, '/'))}'
param allowForwardedTraffic bool = true
param allowGatewayTransit bool = false
param allowVirtualNetworkAccess bool = true
param useRemoteGateways bool = false

// These change nothing of the network.
param doNotVerifyRemoteGateways array?
param enableOnlyIPv6Peering bool?
param enableTelemetry bool?

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2024-01-01' existing = {
  name: localVnetName
}

resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-01-01' = {
  parent: virtualNetwork
  name: name
  properties: {
    remoteVirtualNetwork: { id: remoteVirtualNetworkResourceId }
    allowForwardedTraffic: allowForwardedTraffic
    allowGatewayTransit: allowGatewayTransit
    allowVirtualNetworkAccess: allowVirtualNetworkAccess
    useRemoteGateways: useRemoteGateways
  }
}

output name string = peering.name
output resourceId string = peering.id
output resourceGroupName string = resourceGroup().name
