targetScope = 'subscription'

param groupName string
param hubGroupName string
param firewallAddress string
param location string = 'northeurope'

resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  scope: resourceGroup(hubGroupName)
  name: 'vnet-orders-hub'
}

module group 'br/public:avm/res/resources/resource-group:0.4.0' = {
  name: 'group'
  params: {
    name: groupName
    location: location
  }
}

module identity 'br/public:avm/res/managed-identity/user-assigned-identity:0.4.0' = {
  scope: resourceGroup(groupName)
  name: 'identity'
  params: {
    name: 'id-orders'
    location: location
  }
  dependsOn: [group]
}

module routes 'br/public:avm/res/network/route-table:0.4.0' = {
  scope: resourceGroup(groupName)
  name: 'routes'
  params: {
    name: 'rt-orders-nodes'
    location: location
    routes: [
      {
        name: 'out'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: firewallAddress
        }
      }
    ]
  }
  dependsOn: [group]
}

module appsNetwork 'br/public:avm/res/network/virtual-network:0.5.1' = {
  scope: resourceGroup(groupName)
  name: 'network'
  params: {
    name: 'vnet-orders-apps'
    location: location
    addressPrefixes: ['10.41.0.0/16']
    dnsServers: [firewallAddress]
    roleAssignments: [
      {
        principalId: identity.outputs.principalId
        roleDefinitionIdOrName: 'Network Contributor'
      }
    ]
    subnets: [
      {
        name: 'snet-nodes'
        addressPrefix: '10.41.0.0/22'
        routeTableResourceId: routes.outputs.resourceId
      }
    ]
    peerings: [
      {
        name: 'apps-to-hub'
        remoteVirtualNetworkResourceId: hub.id
        remotePeeringEnabled: true
        remotePeeringName: 'hub-to-apps'
      }
    ]
  }
}

module zone 'br/public:avm/res/network/private-dns-zone:0.6.0' = {
  scope: resourceGroup(groupName)
  name: 'zone'
  params: {
    name: 'privatelink.${location}.azmk8s.io'
    virtualNetworkLinks: [
      {
        virtualNetworkResourceId: hub.id
      }
    ]
    roleAssignments: [
      {
        principalId: identity.outputs.principalId
        roleDefinitionIdOrName: 'Private DNS Zone Contributor'
      }
    ]
  }
  dependsOn: [group]
}

module vaults 'br/public:avm/res/network/private-dns-zone:0.6.0' = {
  scope: resourceGroup(groupName)
  name: 'vaults'
  params: {
    name: 'privatelink.vaultcore.azure.net'
    virtualNetworkLinks: [
      {
        virtualNetworkResourceId: hub.id
      }
      {
        virtualNetworkResourceId: appsNetwork.outputs.resourceId
      }
    ]
  }
}
