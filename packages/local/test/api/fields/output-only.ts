import type { DescMethod } from '@bufbuild/protobuf'
import {
  ConnectionService,
  DirectoryService,
  McpService,
  MembersService,
  UserService,
} from '@scalekit-mcp/api'
import { under } from './observation.js'

const { updateConnection, updateEnvironmentConnection } = ConnectionService.method
const { createMembership, updateMembership, createUserAndMembership } = UserService.method
const mapping = under('connection_tool_mappings', 'connection_id', 'provider', 'connected_account_id')

/**
 * Fields of shared messages that only answers have, where the descriptor does not say so. A request may repeat them,
 * for example when it sends back what it has read; like Scalekit, the local environment ignores them.
 */
export const OUTPUT_ONLY: readonly (readonly [
  reason: string,
  methods: readonly DescMethod[],
  paths: readonly string[],
])[] = [
  [
    'the environment decides where identity providers send people back to',
    [updateConnection, updateEnvironmentConnection],
    ['connection.oidc_config.redirect_uri'],
  ],
  [
    'the environment decides where identity providers send people back to',
    [updateConnection],
    under('connection.saml_config', 'sp_entity_id', 'sp_assertion_url'),
  ],
  [
    'the environment decides where identity providers send people back to',
    [updateEnvironmentConnection],
    ['connection.oauth_config.redirect_uri'],
  ],
  [
    'it follows from what the directory has sent',
    [DirectoryService.method.updateDirectory],
    ['directory.status'],
  ],
  [
    'it belongs to the role, which is given by name or id',
    [createMembership, updateMembership, createUserAndMembership],
    ['membership.roles.display_name', 'user.membership.roles.display_name'],
  ],
  [
    'the environment gives ids and times, and has one workspace',
    [MembersService.method.createMember],
    under('member', 'id', 'create_time', 'update_time', 'workspace_id', 'workspace_ids'),
  ],
  ['the environment gives ids', [McpService.method.createMcpConfig], ['config.id']],
  [
    'it follows from the connection, or from the account that an agent uses',
    [McpService.method.createMcpConfig],
    [...under('config', ...mapping), 'config.connection_tool_mappings.connected_account_status'],
  ],
  [
    'it follows from the connection, or from the account that an agent uses',
    [McpService.method.updateMcpConfig],
    [...mapping, 'connection_tool_mappings.connected_account_status'],
  ],
]
