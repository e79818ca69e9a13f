targetScope = 'subscription'

param groupName string
param networkName string
param location string = 'northeurope'

resource nodes 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {
  scope: resourceGroup(groupName)
  name: '${networkName}/snet-nodes'
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  scope: resourceGroup(groupName)
  name: 'privatelink.${location}.azmk8s.io'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  scope: resourceGroup(groupName)
  name: 'id-orders'
}

module cluster 'br/public:avm/res/container-service/managed-cluster:0.9.0' = {
  scope: resourceGroup(groupName)
  name: 'cluster'
  params: {
    name: 'aks-orders'
    location: location
    enablePrivateCluster: true
    privateDNSZone: zone.id
    managedIdentities: {
      userAssignedResourceIds: [identity.id]
    }
    primaryAgentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        vmSize: 'Standard_D4s_v5'
        vnetSubnetResourceId: nodes.id
      }
    ]
    networkPlugin: 'azure'
    networkDataplane: 'cilium'
    outboundType: 'userDefinedRouting'
    serviceCidr: '10.201.0.0/16'
    dnsServiceIP: '10.201.0.10'
    podCidr: '10.240.0.0/16'
  }
}
