// The cluster and its pools, and the identity's role on the zone of the web application routing.
param name string
param location string = resourceGroup().location
param skuName string = 'Base'
param skuTier string = 'Standard'
param kubernetesVersion string?
param dnsPrefix string = name
param managedIdentities object?
param aksServicePrincipalProfile object?
param nodeResourceGroup string = '${resourceGroup().name}_aks_${name}_nodes'
param primaryAgentPoolProfile array
param agentPools array?
param enablePrivateCluster bool = false
param enablePrivateClusterPublicFQDN bool = false
param privateDNSZone string?
param authorizedIPRanges array?
param disableRunCommand bool = false
param publicNetworkAccess string = 'Disabled'
param networkPlugin string?
param networkPluginMode string?
param networkPolicy string?
param networkDataplane string?
param podCidr string?
param serviceCidr string?
param dnsServiceIP string?
param outboundType string = 'loadBalancer'
param loadBalancerSku string = 'standard'
param managedOutboundIPCount int = 0
param backendPoolType string = 'NodeIPConfiguration'
param ingressApplicationGatewayEnabled bool = false
param appGatewayResourceId string?
param aciConnectorLinuxEnabled bool = false
param httpApplicationRoutingEnabled bool = false
param webApplicationRoutingEnabled bool = false
param defaultIngressControllerType string?
param dnsZoneResourceId string?
param enableDnsZoneContributorRoleAssignment bool = true
param istioServiceMeshEnabled bool = false
param istioServiceMeshInternalIngressGatewayEnabled bool = false
param istioServiceMeshExternalIngressGatewayEnabled bool = false
param roleAssignments array?

// These change nothing of the network.
param aadProfile object?
param aadProfileAdminGroupObjectIDs array?
param aadProfileClientAppID string?
param aadProfileEnableAzureRBAC string?
param aadProfileManaged string?
param aadProfileServerAppID string?
param aadProfileServerAppSecret string?
param aadProfileTenantId string?
param adminUsername string?
param appMonitoring string?
param autoNodeOsUpgradeProfileUpgradeChannel string?
param autoScalerProfileBalanceSimilarNodeGroups array?
param autoScalerProfileDaemonsetEvictionForEmptyNodes array?
param autoScalerProfileDaemonsetEvictionForOccupiedNodes array?
param autoScalerProfileExpander string?
param autoScalerProfileIgnoreDaemonsetsUtilization string?
param autoScalerProfileMaxEmptyBulkDelete int?
param autoScalerProfileMaxGracefulTerminationSec int?
param autoScalerProfileMaxNodeProvisionTime string?
param autoScalerProfileMaxTotalUnreadyPercentage int?
param autoScalerProfileNewPodScaleUpDelay string?
param autoScalerProfileOkTotalUnreadyCount int?
param autoScalerProfileScaleDownDelayAfterAdd string?
param autoScalerProfileScaleDownDelayAfterDelete int?
param autoScalerProfileScaleDownDelayAfterFailure string?
param autoScalerProfileScaleDownUnneededTime string?
param autoScalerProfileScaleDownUnreadyTime string?
param autoScalerProfileScanInterval string?
param autoScalerProfileSkipNodesWithLocalStorage string?
param autoScalerProfileSkipNodesWithSystemPods array?
param autoScalerProfileUtilizationThreshold string?
param autoUpgradeProfileUpgradeChannel string?
param azurePolicyEnabled bool?
param azurePolicyVersion string?
param costAnalysisEnabled bool?
param customerManagedKey string?
param diagnosticSettings array?
param disableCustomMetrics bool?
param disableLocalAccounts bool?
param disablePrometheusMetricsScraping bool?
param diskEncryptionSetResourceId string?
param enableAppMonitoring bool?
param enableAppMonitoringOpenTelemetryMetrics bool?
param enableAzureDefender bool?
param enableAzureMonitorProfileLogs bool?
param enableAzureMonitorProfileMetrics bool?
param enableContainerInsights bool?
param enableImageCleaner bool?
param enableImageIntegrity bool?
param enableKeyvaultSecretsProvider bool?
param enableNodeRestriction bool?
param enableOidcIssuerProfile bool?
param enablePodSecurityPolicy bool?
param enableRBAC bool?
param enableSecretRotation bool?
param enableStorageProfileBlobCSIDriver bool?
param enableStorageProfileDiskCSIDriver bool?
param enableStorageProfileFileCSIDriver bool?
param enableStorageProfileSnapshotController bool?
param enableTelemetry bool?
param enableWindowsHostLogs bool?
param enableWorkloadIdentity bool?
param fluxExtension object?
param httpProxyConfig object?
param identityProfile object?
param imageCleanerIntervalHours int?
param istioServiceMeshCertificateAuthority bool?
param istioServiceMeshRevisions bool?
param kedaAddon string?
param kubeDashboardEnabled bool?
param lock object?
param maintenanceConfiguration string?
param maintenanceConfigurations array?
param metricAnnotationsAllowList string?
param metricLabelsAllowlist string?
param monitoringWorkspaceId string?
param monitoringWorkspaceResourceId string?
param nodeProvisioningProfile object?
param nodeProvisioningProfileMode string?
param nodeResourceGroupProfile object?
param omsAgentEnabled bool?
param omsAgentUseAADAuth string?
param openServiceMeshEnabled bool?
param podIdentityProfileAllowNetworkPluginKubenet string?
param podIdentityProfileEnable string?
param podIdentityProfileUserAssignedIdentities array?
param podIdentityProfileUserAssignedIdentityExceptions array?
param securityGatingConfig object?
param sshPublicKey string?
param supportPlan string?
param syslogPort int?
param tags object?
param vpaAddon string?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

resource managedCluster 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: name
  location: location
  sku: {
    name: skuName
    tier: skuTier
  }
  identity: empty(managedIdentities)
    ? null
    : {
        type: (managedIdentities.?systemAssigned ?? false) ? 'SystemAssigned' : 'UserAssigned'
        userAssignedIdentities: empty(managedIdentities.?userAssignedResourceIds)
          ? null
          : toObject(managedIdentities.userAssignedResourceIds, id => id, id => {})
      }
  properties: {
    kubernetesVersion: kubernetesVersion
    dnsPrefix: dnsPrefix
    nodeResourceGroup: nodeResourceGroup
    servicePrincipalProfile: aksServicePrincipalProfile
    agentPoolProfiles: primaryAgentPoolProfile
    apiServerAccessProfile: {
      authorizedIPRanges: authorizedIPRanges
      disableRunCommand: disableRunCommand
      enablePrivateCluster: enablePrivateCluster
      enablePrivateClusterPublicFQDN: enablePrivateClusterPublicFQDN
      privateDNSZone: privateDNSZone
    }
    publicNetworkAccess: publicNetworkAccess
    networkProfile: {
      networkPlugin: networkPlugin
      networkPluginMode: networkPluginMode
      networkPolicy: networkPolicy
      networkDataplane: networkDataplane
      podCidr: podCidr
      serviceCidr: serviceCidr
      dnsServiceIP: dnsServiceIP
      outboundType: outboundType
      loadBalancerSku: loadBalancerSku
      loadBalancerProfile: {
        managedOutboundIPs: managedOutboundIPCount == 0 ? null : { count: managedOutboundIPCount }
        backendPoolType: backendPoolType
      }
    }
    ingressProfile: {
      webAppRouting: {
        enabled: webApplicationRoutingEnabled
        dnsZoneResourceIds: empty(dnsZoneResourceId) ? null : [dnsZoneResourceId]
        nginx: empty(defaultIngressControllerType) ? null : { defaultIngressControllerType: defaultIngressControllerType }
      }
    }
    addonProfiles: {
      httpApplicationRouting: { enabled: httpApplicationRoutingEnabled }
      ingressApplicationGateway: {
        enabled: ingressApplicationGatewayEnabled && !empty(appGatewayResourceId)
        config: ingressApplicationGatewayEnabled && !empty(appGatewayResourceId) ? { applicationGatewayId: appGatewayResourceId } : null
      }
      aciConnectorLinux: { enabled: aciConnectorLinuxEnabled }
    }
    serviceMeshProfile: istioServiceMeshEnabled
      ? {
          mode: 'Istio'
          istio: {
            components: {
              ingressGateways: [
                { enabled: istioServiceMeshInternalIngressGatewayEnabled, mode: 'Internal' }
                { enabled: istioServiceMeshExternalIngressGatewayEnabled, mode: 'External' }
              ]
            }
          }
        }
      : null
  }
}

resource pool 'Microsoft.ContainerService/managedClusters/agentPools@2024-09-01' = [
  for pool in agentPools ?? []: {
    parent: managedCluster
    name: pool.name
    properties: {
      count: pool.?count ?? 1
      enableAutoScaling: pool.?enableAutoScaling ?? false
      minCount: pool.?minCount
      maxCount: pool.?maxCount
      maxPods: pool.?maxPods
      mode: pool.?mode
      osType: pool.?osType
      osSKU: pool.?osSKU
      type: pool.?type
      vmSize: pool.?vmSize
      enableNodePublicIP: pool.?enableNodePublicIP ?? false
      upgradeSettings: { maxSurge: pool.?maxSurge }
      vnetSubnetID: pool.?vnetSubnetID
      podSubnetID: pool.?podSubnetId
    }
  }
]

resource dnsZone 'Microsoft.Network/dnsZones@2018-05-01' existing = if (enableDnsZoneContributorRoleAssignment && !empty(dnsZoneResourceId) && webApplicationRoutingEnabled) {
  name: last(split(dnsZoneResourceId ?? '/none', '/'))
}

resource dnsZoneRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (enableDnsZoneContributorRoleAssignment && !empty(dnsZoneResourceId) && webApplicationRoutingEnabled) {
  name: guid(dnsZone.id, 'DNS Zone Contributor')
  scope: dnsZone
  properties: {
    principalId: managedCluster.properties.ingressProfile.webAppRouting.identity.objectId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'befefa01-2a29-4197-83a8-272ff33ce314')
  }
}

resource clusterRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(managedCluster.id, role.principalId, role.roleDefinitionIdOrName)
    scope: managedCluster
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = managedCluster.name
output resourceId string = managedCluster.id
output resourceGroupName string = resourceGroup().name
output controlPlaneFQDN string = enablePrivateCluster ? managedCluster.properties.privateFQDN : managedCluster.properties.fqdn
output systemAssignedMIPrincipalId string = managedCluster.identity.principalId
output kubeletIdentityClientId string = managedCluster.properties.identityProfile.kubeletidentity.clientId
output kubeletIdentityObjectId string = managedCluster.properties.identityProfile.kubeletidentity.objectId
output kubeletIdentityResourceId string = managedCluster.properties.identityProfile.kubeletidentity.resourceId
output omsagentIdentityObjectId string = managedCluster.properties.addonProfiles.omsagent.identity.objectId
output keyvaultIdentityObjectId string = managedCluster.properties.addonProfiles.azureKeyvaultSecretsProvider.identity.objectId
output keyvaultIdentityClientId string = managedCluster.properties.addonProfiles.azureKeyvaultSecretsProvider.identity.clientId
output ingressApplicationGatewayIdentityObjectId string = managedCluster.properties.addonProfiles.ingressApplicationGateway.identity.objectId
output oidcIssuerUrl string = managedCluster.properties.oidcIssuerProfile.issuerURL
output webAppRoutingIdentityObjectId string = managedCluster.properties.ingressProfile.webAppRouting.identity.objectId
output location string = managedCluster.location
