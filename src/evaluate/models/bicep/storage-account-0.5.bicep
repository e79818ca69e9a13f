// The storage account and its private endpoints.
param name string
param location string = resourceGroup().location
param publicNetworkAccess string?
param privateEndpoints array?
param networkAcls object?

// These change nothing of the network.
param accessTier string?
param allowBlobPublicAccess bool?
param allowCrossTenantReplication bool?
param allowSharedKeyAccess bool?
param allowedCopyScope string?
param azureFilesIdentityBasedAuthentication object?
param blobServices object?
param customDomainName string?
param customDomainUseSubDomainName bool?
param customerManagedKey object?
param defaultToOAuthAuthentication bool?
param diagnosticSettings array?
param dnsEndpointType string?
param enableHierarchicalNamespace bool?
param enableNfsV3 bool?
param enableSftp bool?
param enableTelemetry bool?
param extendedLocationZone string?
param fileServices object?
param immutableStorageWithVersioning object?
param isLocalUserEnabled bool?
param keyType string?
param kind string?
param largeFileSharesState string?
param localUsers array?
param lock object?
param managedIdentities object?
param managementPolicyRules array?
param minimumTlsVersion string?
param objectReplicationPolicies array?
param queueServices object?
param requireInfrastructureEncryption bool?
param sasExpirationAction string?
param sasExpirationPeriod string?
param secretsExportConfiguration object?
param skuName string?
param supportsHttpsTrafficOnly bool?
param tableServices object?
param tags object?

// Left undecided by the row of the table.
param roleAssignments array?

resource storageAccount 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  properties: {
    publicNetworkAccess: !empty(publicNetworkAccess)
      ? publicNetworkAccess
      : (!empty(privateEndpoints) && empty(networkAcls) ? 'Disabled' : null)
  }
}

module storageAccount_privateEndpoints 'br/public:avm/res/network/private-endpoint:0.7.0' = [
  for (endpoint, index) in privateEndpoints ?? []: {
    name: 'endpoint-${index}'
    scope: resourceGroup(
      split(endpoint.?resourceGroupResourceId ?? resourceGroup().id, '/')[2],
      endpoint.?resourceGroupName ?? split(endpoint.?resourceGroupResourceId ?? resourceGroup().id, '/')[4]
    )
    params: {
      name: endpoint.?name ?? 'pep-${last(split(storageAccount.id, '/'))}-${endpoint.service}-${index}'
      location: endpoint.?location ?? location
      subnetResourceId: endpoint.subnetResourceId
      privateLinkServiceConnections: endpoint.?isManualConnection == true
        ? null
        : [{ name: '${name}-${index}', properties: { privateLinkServiceId: storageAccount.id, groupIds: [endpoint.service] } }]
      manualPrivateLinkServiceConnections: endpoint.?isManualConnection == true
        ? [{ name: '${name}-${index}', properties: { privateLinkServiceId: storageAccount.id, groupIds: [endpoint.service] } }]
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

output name string = storageAccount.name
output resourceId string = storageAccount.id
output resourceGroupName string = resourceGroup().name
output location string = storageAccount.location
output primaryBlobEndpoint string = storageAccount.properties.primaryEndpoints.blob
output serviceEndpoints object = storageAccount.properties.primaryEndpoints
