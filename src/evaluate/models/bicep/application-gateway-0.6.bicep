// The gateway with all that it listens on, and its private endpoints.
param name string
param location string = resourceGroup().location
param sku string = 'WAF_v2'
param capacity int = 2
param autoscaleMaxCapacity int = -1
param autoscaleMinCapacity int = -1
param firewallPolicyResourceId string?
param authenticationCertificates array = []
param backendAddressPools array = []
param backendHttpSettingsCollection array = []
param backendSettingsCollection array = []
param frontendIPConfigurations array = []
param frontendPorts array = []
param gatewayIPConfigurations array = []
param httpListeners array = []
param listeners array = []
param loadDistributionPolicies array = []
param privateLinkConfigurations array = []
param probes array = []
param redirectConfigurations array = []
param requestRoutingRules array = []
param rewriteRuleSets array = []
param routingRules array = []
param sslCertificates array = []
param sslProfiles array = []
param trustedClientCertificates array = []
param trustedRootCertificates array = []
param urlPathMaps array = []
param sslPolicyType string = 'Custom'
param sslPolicyName string = ''
param sslPolicyMinProtocolVersion string = 'TLSv1_2'
param sslPolicyCipherSuites array = ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']
// Called `zones` up to 0.6.
param zones array?
param availabilityZones array = [1, 2, 3]
param managedIdentities object?
param privateEndpoints array?
param roleAssignments array?

// These change nothing of the network.
param customErrorConfigurations array?
param diagnosticSettings array?
param enableFips bool?
param enableHttp2 bool?
param enableRequestBuffering bool?
param enableResponseBuffering bool?
param enableTelemetry bool?
param entraJWTValidationConfigs array?
param lock object?
param tags object?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
}

resource applicationGateway 'Microsoft.Network/applicationGateways@2023-04-01' = {
  name: name
  location: location
  identity: empty(managedIdentities.?userAssignedResourceIds)
    ? null
    : {
        type: 'UserAssigned'
        userAssignedIdentities: reduce(managedIdentities!.userAssignedResourceIds, {}, (all, id) => union(all, { '${id}': {} }))
      }
  zones: map(zones ?? availabilityZones, zone => string(zone))
  properties: {
    sku: {
      name: sku
      tier: sku
      capacity: autoscaleMaxCapacity > 0 && autoscaleMinCapacity >= 0 ? null : capacity
    }
    autoscaleConfiguration: autoscaleMaxCapacity > 0 && autoscaleMinCapacity >= 0
      ? { maxCapacity: autoscaleMaxCapacity, minCapacity: autoscaleMinCapacity }
      : null
    firewallPolicy: sku == 'WAF_v2' && !empty(firewallPolicyResourceId) ? { id: firewallPolicyResourceId } : null
    forceFirewallPolicyAssociation: sku == 'WAF_v2' && !empty(firewallPolicyResourceId)
    authenticationCertificates: authenticationCertificates
    backendAddressPools: backendAddressPools
    backendHttpSettingsCollection: backendHttpSettingsCollection
    backendSettingsCollection: backendSettingsCollection
    frontendIPConfigurations: frontendIPConfigurations
    frontendPorts: frontendPorts
    gatewayIPConfigurations: gatewayIPConfigurations
    httpListeners: httpListeners
    listeners: listeners
    loadDistributionPolicies: loadDistributionPolicies
    privateLinkConfigurations: privateLinkConfigurations
    probes: probes
    redirectConfigurations: redirectConfigurations
    requestRoutingRules: requestRoutingRules
    rewriteRuleSets: rewriteRuleSets
    routingRules: routingRules
    sslCertificates: sslCertificates
    sslProfiles: sslProfiles
    trustedClientCertificates: trustedClientCertificates
    trustedRootCertificates: trustedRootCertificates
    urlPathMaps: urlPathMaps
    sslPolicy: {
      policyType: sslPolicyType
      policyName: empty(sslPolicyName) ? null : sslPolicyName
      minProtocolVersion: sslPolicyType != 'Predefined' ? sslPolicyMinProtocolVersion : null
      cipherSuites: sslPolicyType != 'Predefined' ? sslPolicyCipherSuites : null
    }
  }
}

module applicationGateway_privateEndpoints 'br/public:avm/res/network/private-endpoint:0.7.0' = [
  for (endpoint, index) in privateEndpoints ?? []: {
    name: 'endpoint-${index}'
    scope: resourceGroup(
      split(endpoint.?resourceGroupResourceId ?? resourceGroup().id, '/')[2],
      endpoint.?resourceGroupName ?? split(endpoint.?resourceGroupResourceId ?? resourceGroup().id, '/')[4]
    )
    params: {
      name: endpoint.?name ?? 'pep-${last(split(applicationGateway.id, '/'))}-${endpoint.service}-${index}'
      location: endpoint.?location ?? location
      subnetResourceId: endpoint.subnetResourceId
      privateLinkServiceConnections: endpoint.?isManualConnection == true
        ? null
        : [{ name: '${name}-${index}', properties: { privateLinkServiceId: applicationGateway.id, groupIds: [endpoint.service] } }]
      manualPrivateLinkServiceConnections: endpoint.?isManualConnection == true
        ? [{ name: '${name}-${index}', properties: { privateLinkServiceId: applicationGateway.id, groupIds: [endpoint.service] } }]
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

resource applicationGateway_roleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(applicationGateway.id, role.principalId, role.roleDefinitionIdOrName)
    scope: applicationGateway
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = applicationGateway.name
output resourceId string = applicationGateway.id
output resourceGroupName string = resourceGroup().name
output location string = applicationGateway.location
