// The endpoint and its zone group.
param name string
param location string = resourceGroup().location
param subnetResourceId string
param serviceResourceId string
param groupIds array
param privateDnsZoneGroupName string?
param privateDnsZoneResourceIds array?
param customDnsConfigs array?
param ipConfigurations array?
param manualPrivateLinkServiceConnections array?

// These change nothing of the network.
param applicationSecurityGroupResourceIds array?
param customNetworkInterfaceName string?
param enableTelemetry bool?
param lock object?
param roleAssignments array?
param tags object?

resource privateEndpoint 'Microsoft.Network/privateEndpoints@2023-04-01' = {
  name: name
  location: location
  properties: {
    subnet: { id: subnetResourceId }
    ipConfigurations: ipConfigurations ?? []
    customDnsConfigs: customDnsConfigs ?? []
    privateLinkServiceConnections: [{ name: name, properties: { privateLinkServiceId: serviceResourceId, groupIds: groupIds } }]
    manualPrivateLinkServiceConnections: manualPrivateLinkServiceConnections ?? []
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2023-04-01' = if (!empty(privateDnsZoneResourceIds)) {
  parent: privateEndpoint
  name: privateDnsZoneGroupName ?? 'default'
  properties: {
    privateDnsZoneConfigs: [
      for zone in privateDnsZoneResourceIds ?? []: {
        name: last(split(zone, '/'))
        properties: { privateDnsZoneId: zone }
      }
    ]
  }
}

output name string = privateEndpoint.name
output resourceId string = privateEndpoint.id
output resourceGroupName string = resourceGroup().name
output location string = privateEndpoint.location
