// The policy and its groups of rules.
param name string
param location string = resourceGroup().location
param tier string = 'Standard'
param basePolicyResourceId string?
param enableProxy bool = false
param servers array?
param threatIntelMode string = 'Off'
param ruleCollectionGroups array?
param privateRanges array = []
param roleAssignments array?

// These change nothing of the network.
param allowSqlRedirect string?
param autoLearnPrivateRanges array?
param bypassTrafficSettings object?
param certificateName string?
param defaultWorkspaceId string?
param enableTelemetry bool?
param fqdns array?
param insightsIsEnabled bool?
param ipAddresses array?
param keyVaultSecretId string?
param lock object?
param managedIdentities array?
param mode string?
param retentionDays int?
param signatureOverrides array?
param tags object?
param workspaces array?

// Roles by their names; others are given by their ids.
var roles = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

resource firewallPolicy 'Microsoft.Network/firewallPolicies@2023-04-01' = {
  name: name
  location: location
  properties: {
    sku: { tier: tier }
    basePolicy: empty(basePolicyResourceId) ? null : { id: basePolicyResourceId }
    dnsSettings: enableProxy ? { enableProxy: enableProxy, servers: servers ?? [] } : null
    snat: empty(privateRanges) ? null : { privateRanges: privateRanges }
    threatIntelMode: threatIntelMode
  }
}

@batchSize(1)
resource group 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2023-04-01' = [
  for group in ruleCollectionGroups ?? []: {
    parent: firewallPolicy
    name: group.name
    properties: {
      priority: group.priority
      ruleCollections: group.ruleCollections
    }
  }
]

resource policyRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleAssignments ?? []: {
    name: role.?name ?? guid(firewallPolicy.id, role.principalId, role.roleDefinitionIdOrName)
    scope: firewallPolicy
    properties: {
      principalId: role.principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[?role.roleDefinitionIdOrName] ?? last(split(role.roleDefinitionIdOrName, '/')))
    }
  }
]

output name string = firewallPolicy.name
output resourceId string = firewallPolicy.id
output resourceGroupName string = resourceGroup().name
output location string = firewallPolicy.location
