// Roles on the resource group that this is deployed to.
param roleAssignments array

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

resource groupRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments: {
    name: role.?name ?? guid(resourceGroup().id, role.principalId, role.roleDefinitionIdOrName)
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output count int = length(roleAssignments)
