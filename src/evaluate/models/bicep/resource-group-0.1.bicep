// The resource group and the roles on it.
targetScope = 'subscription'

param name string
param location string = deployment().location
param roleAssignments array?

// These change nothing of the network.
param enableTelemetry bool?
param lock object?
param managedBy string?
param tags object?

resource resourceGroup 'Microsoft.Resources/resourceGroups@2021-04-01' = {
  name: name
  location: location
}

module groupRoles 'br/public:avm/res/resources/resource-group/nested-role-assignments:0.1.0' = if (!empty(roleAssignments)) {
  name: 'roles-of-${name}'
  scope: resourceGroup
  params: {
    roleAssignments: roleAssignments
  }
}

output name string = resourceGroup.name
output resourceId string = resourceGroup.id
output location string = resourceGroup.location
