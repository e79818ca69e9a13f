// The identity; its role assignments say who may use it.
param name string
param location string = resourceGroup().location

// These change nothing of the network.
param enableTelemetry bool?
param federatedIdentityCredentials array?
param isolationScope bool?
param lock object?
param roleAssignments array?
param tags object?

resource userAssignedIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

output name string = userAssignedIdentity.name
output resourceId string = userAssignedIdentity.id
output resourceGroupName string = resourceGroup().name
output principalId string = userAssignedIdentity.properties.principalId
output clientId string = userAssignedIdentity.properties.clientId
output location string = userAssignedIdentity.location
