import { consentToVerify, VERIFY_URL } from '../agents/consent.js'
import type { Local } from '../local.js'
import type { RestApi } from './rest-api.js'

const nothing = { id: 'ca_999999999999999999' }

/** What agents use: accounts at providers, providers of one's own, and configurations. */
export async function agents({ ok, fails }: RestApi, local: Local): Promise<void> {
  const api = 'ConnectedAccountService'
  const named = { connector: 'gmail', identifier: 'ben@acme.example' }
  const account = { authorization_details: { oauth_token: { access_token: 'theirs', scopes: ['mail'] } } }
  await ok(`${api}.CreateConnectedAccount`, { ...named, connected_account: account })
  await fails('ALREADY_EXISTS', `${api}.CreateConnectedAccount`, { ...named, connected_account: account })
  await ok(`${api}.ListConnectedAccounts`)
  await fails('INVALID_ARGUMENT', `${api}.ListConnectedAccounts`, { page_token: 'not a token' })
  await ok(`${api}.SearchConnectedAccounts`, { query: 'ben' })
  await fails('INVALID_ARGUMENT', `${api}.SearchConnectedAccounts`, { query: 'b' })
  await ok(`${api}.GetConnectedAccountAuth`, named)
  await fails('NOT_FOUND', `${api}.GetConnectedAccountAuth`, nothing)
  await ok(`${api}.GetConnectedAccountDetails`, named)
  await fails('NOT_FOUND', `${api}.GetConnectedAccountDetails`, nothing)
  const changed = { connected_account: { api_config: { region: 'eu' } } }
  await ok(`${api}.UpdateConnectedAccount`, { ...named, ...changed })
  await fails('NOT_FOUND', `${api}.UpdateConnectedAccount`, { ...nothing, ...changed })
  await ok(`${api}.GetMagicLinkForConnectedAccount`, named)
  await fails('NOT_FOUND', `${api}.GetMagicLinkForConnectedAccount`, nothing)
  const { link } = await ok(`${api}.GetMagicLinkForConnectedAccount`, {
    ...named,
    ...{ state: 'nonce', user_verify_url: VERIFY_URL },
  })
  const { searchParams } = await consentToVerify(local, link)
  const verified = { auth_request_id: searchParams.get('auth_request_id'), identifier: named.identifier }
  await ok(`${api}.VerifyConnectedAccountUser`, verified)
  await fails('NOT_FOUND', `${api}.VerifyConnectedAccountUser`, verified)
  await ok(`${api}.DeleteConnectedAccount`, named)
  await fails('NOT_FOUND', `${api}.DeleteConnectedAccount`, nothing)

  const tools = 'ToolService'
  await ok(`${tools}.ListTools`)
  await fails('INVALID_ARGUMENT', `${tools}.ListTools`, { page_token: 'not a token' })
  const scoped = { identifier: 'default', 'filter.tool_names': 'gmail_fetch_mails' }
  await ok(`${tools}.ListScopedTools`, scoped)
  await fails('INVALID_ARGUMENT', `${tools}.ListScopedTools`, { identifier: 'default' })
  await ok(`${tools}.ListAvailableTools`, { identifier: 'default' })
  await fails('NOT_FOUND', `${tools}.ListAvailableTools`, { identifier: 'nobody' })
  const call = { tool_name: 'gmail_fetch_mails', identifier: 'default', connector: 'gmail' }
  await ok(`${tools}.ExecuteTool`, call)
  await fails('NOT_FOUND', `${tools}.ExecuteTool`, { ...call, tool_name: 'nothing' })

  const provider = {
    display_name: 'Robot Hub',
    proxy_url: 'https://api.robots.example',
    auth_patterns: [],
  }
  const made = await ok('ProviderService.CreateCustomProvider', { provider })
  await fails('INVALID_ARGUMENT', 'ProviderService.CreateCustomProvider', { provider: {} })
  const { identifier } = made.provider
  await ok('ProviderService.UpdateCustomProvider', { identifier, provider })
  await fails('NOT_FOUND', 'ProviderService.UpdateCustomProvider', { identifier: 'nothing', provider })
  await ok('ProviderService.DeleteCustomProvider', { identifier })
  await fails('NOT_FOUND', 'ProviderService.DeleteCustomProvider', { identifier })

  const connection_tool_mappings = [{ connection_name: 'gmail', tools: ['gmail_send_message'] }]
  const config = { name: 'mail', connection_tool_mappings }
  const created = await ok('McpService.CreateMcpConfig', { config })
  await fails('INVALID_ARGUMENT', 'McpService.CreateMcpConfig', { config: {} })
  const config_id = created.config.id
  const missing = { config_id: 'cfg_999999999999999999' }
  await ok('McpService.GetMcpConfig', { config_id })
  await fails('NOT_FOUND', 'McpService.GetMcpConfig', missing)
  await ok('McpService.ListMcpConfigs')
  await fails('INVALID_ARGUMENT', 'McpService.ListMcpConfigs', { page_token: 'not a token' })
  await ok('McpService.UpdateMcpConfig', { config_id, description: 'Sends mail', connection_tool_mappings })
  await fails('NOT_FOUND', 'McpService.UpdateMcpConfig', { ...missing, connection_tool_mappings })
  await ok('McpService.DeleteMcpConfig', { config_id })
  await fails('NOT_FOUND', 'McpService.DeleteMcpConfig', { config_id })
}
