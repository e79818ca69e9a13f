targetScope = 'subscription'

param location string = 'northeurope'
param hubGroupName string = 'rg-orders-hub'
param groupName string = 'rg-orders-apps'

module hub '../hub/main.bicep' = {
  name: 'hub'
  params: {
    groupName: hubGroupName
    location: location
  }
}

module landingZone '../landing-zone/main.bicep' = {
  name: 'landing-zone'
  params: {
    groupName: groupName
    hubGroupName: hubGroupName
    firewallAddress: '10.40.1.4'
    location: location
  }
  dependsOn: [hub]
}

module cluster '../cluster/main.bicep' = {
  name: 'cluster'
  params: {
    groupName: groupName
    networkName: 'vnet-orders-apps'
    location: location
  }
  dependsOn: [landingZone]
}
