targetScope = 'subscription'

param groupName string
param location string = 'northeurope'

module group 'br/public:avm/res/resources/resource-group:0.4.0' = {
  name: 'group'
  params: {
    name: groupName
    location: location
  }
}

module hubNetwork 'br/public:avm/res/network/virtual-network:0.5.1' = {
  scope: resourceGroup(groupName)
  name: 'network'
  params: {
    name: 'vnet-orders-hub'
    location: location
    addressPrefixes: ['10.40.0.0/20']
    subnets: [
      {
        name: 'AzureFirewallSubnet'
        addressPrefix: '10.40.1.0/26'
      }
    ]
  }
  dependsOn: [group]
}

module address 'br/public:avm/res/network/public-ip-address:0.7.0' = {
  scope: resourceGroup(groupName)
  name: 'address'
  params: {
    name: 'pip-orders-firewall'
    location: location
  }
  dependsOn: [group]
}

module policy 'br/public:avm/res/network/firewall-policy:0.3.0' = {
  scope: resourceGroup(groupName)
  name: 'policy'
  params: {
    name: 'afwp-orders'
    location: location
    enableProxy: true
  }
  dependsOn: [group]
}

module firewall 'br/public:avm/res/network/azure-firewall:0.5.1' = {
  scope: resourceGroup(groupName)
  name: 'firewall'
  params: {
    name: 'afw-orders'
    location: location
    virtualNetworkResourceId: hubNetwork.outputs.resourceId
    firewallPolicyId: policy.outputs.resourceId
    publicIPResourceID: address.outputs.resourceId
  }
}
