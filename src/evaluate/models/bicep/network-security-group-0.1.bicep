// The security group with its rules.
param name string
param location string = resourceGroup().location
param securityRules array?
param roleAssignments array?

// These change nothing of the network.
param diagnosticSettings array?
param enableTelemetry bool?
param flushConnection bool?
param lock object?
param tags object?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

resource networkSecurityGroup 'Microsoft.Network/networkSecurityGroups@2023-04-01' = {
  name: name
  location: location
  properties: {
    securityRules: [
      for rule in securityRules ?? []: {
        name: rule.name
        properties: {
          priority: rule.properties.priority
          direction: rule.properties.direction
          access: rule.properties.access
          protocol: rule.properties.protocol
          sourcePortRange: rule.properties.?sourcePortRange
          sourcePortRanges: rule.properties.?sourcePortRanges
          destinationPortRange: rule.properties.?destinationPortRange
          destinationPortRanges: rule.properties.?destinationPortRanges
          sourceAddressPrefix: rule.properties.?sourceAddressPrefix
          sourceAddressPrefixes: rule.properties.?sourceAddressPrefixes
          destinationAddressPrefix: rule.properties.?destinationAddressPrefix
          destinationAddressPrefixes: rule.properties.?destinationAddressPrefixes
          sourceApplicationSecurityGroups: rule.properties.?sourceApplicationSecurityGroups ?? []
          destinationApplicationSecurityGroups: rule.properties.?destinationApplicationSecurityGroups ?? []
        }
      }
    ]
  }
}

resource groupRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(networkSecurityGroup.id, role.principalId, role.roleDefinitionIdOrName)
    scope: networkSecurityGroup
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = networkSecurityGroup.name
output resourceId string = networkSecurityGroup.id
output resourceGroupName string = resourceGroup().name
output location string = networkSecurityGroup.location
