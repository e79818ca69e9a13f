// The vault and its private endpoints.
param name string
param location string = resourceGroup().location
param publicNetworkAccess string?
param privateEndpoints array?
param networkAcls object?

// These change nothing of the network.
param accessPolicies array?
param createMode string?
param diagnosticSettings array?
param enablePurgeProtection bool?
param enableRbacAuthorization bool?
param enableSoftDelete bool?
param enableTelemetry bool?
param enableVaultForDeployment bool?
param enableVaultForDiskEncryption bool?
param enableVaultForTemplateDeployment bool?
param keys array?
param lock object?
param secrets array?
param sku string?
param softDeleteRetentionInDays int?
param tags object?

// Left undecided by the row of the table.
param roleAssignments array?

resource keyVault 'Microsoft.KeyVault/vaults@2022-07-01' = {
  name: name
  location: location
  properties: {
    publicNetworkAccess: !empty(publicNetworkAccess)
      ? publicNetworkAccess
      : (!empty(privateEndpoints) && empty(networkAcls) ? 'Disabled' : null)
  }
}

module keyVault_privateEndpoints 'br/public:avm/res/network/private-endpoint:0.7.0' = [
  for (endpoint, index) in privateEndpoints ?? []: {
    name: 'endpoint-${index}'
    scope: resourceGroup(
      split(endpoint.?resourceGroupResourceId ?? resourceGroup().id, '/')[2],
      endpoint.?resourceGroupName ?? split(endpoint.?resourceGroupResourceId ?? resourceGroup().id, '/')[4]
    )
    params: {
      name: endpoint.?name ?? 'pep-${last(split(keyVault.id, '/'))}-${endpoint.?service ?? 'vault'}-${index}'
      location: endpoint.?location ?? location
      subnetResourceId: endpoint.subnetResourceId
      privateLinkServiceConnections: endpoint.?isManualConnection == true
        ? null
        : [{ name: '${name}-${index}', properties: { privateLinkServiceId: keyVault.id, groupIds: [endpoint.?service ?? 'vault'] } }]
      manualPrivateLinkServiceConnections: endpoint.?isManualConnection == true
        ? [{ name: '${name}-${index}', properties: { privateLinkServiceId: keyVault.id, groupIds: [endpoint.?service ?? 'vault'] } }]
        : null
      // Earlier versions take the ids of zones, later ones a group.
      privateDnsZoneGroup: endpoint.?privateDnsZoneGroup ?? (empty(endpoint.?privateDnsZoneResourceIds)
        ? null
        : {
            name: endpoint.?privateDnsZoneGroupName ?? 'default'
            privateDnsZoneGroupConfigs: map(endpoint.privateDnsZoneResourceIds, zone => { privateDnsZoneResourceId: zone })
          })
      customDnsConfigs: endpoint.?customDnsConfigs
      ipConfigurations: endpoint.?ipConfigurations
    }
  }
]

output name string = keyVault.name
output resourceId string = keyVault.id
output resourceGroupName string = resourceGroup().name
output location string = keyVault.location
output uri string = keyVault.properties.vaultUri
