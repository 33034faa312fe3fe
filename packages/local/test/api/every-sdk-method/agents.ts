import { create } from '@bufbuild/protobuf'
import { connectedAccounts as messages } from '@scalekit-mcp/api'
import { consentToVerify, VERIFY_URL } from '../agents/consent.js'
import type { Local } from '../local.js'
import type { SdkRecorder } from './recorder.js'

const nothing = { connectedAccountId: 'ca_999999999999999999' }
const apiConfig = { region: 'eu' }

/** `sdk.connectedAccounts` */
export async function connectedAccounts({ sdk, refused }: SdkRecorder): Promise<void> {
  const api = sdk.connectedAccounts
  const named = { connector: 'gmail', identifier: 'ben@acme.example' }
  const connectedAccount = create(messages.CreateConnectedAccountSchema)
  const changed = create(messages.UpdateConnectedAccountSchema, { apiConfig })
  const elsewhere = { connector: 'nowhere', identifier: 'ben@acme.example' }
  await api.createConnectedAccount({ ...named, connectedAccount })
  await refused('ALREADY_EXISTS', () => api.createConnectedAccount({ ...named, connectedAccount }))
  await api.getOrCreateConnectedAccount(named)
  await refused('NOT_FOUND', () => api.getOrCreateConnectedAccount(elsewhere))
  await api.upsertConnectedAccount({ ...named, apiConfig })
  await refused('NOT_FOUND', () => api.upsertConnectedAccount({ ...elsewhere, apiConfig }))
  await api.listConnectedAccounts()
  await refused('INVALID_ARGUMENT', () => api.listConnectedAccounts({ pageToken: 'not a token' }))
  await api.getConnectedAccountByIdentifier(named)
  await refused('NOT_FOUND', () => api.getConnectedAccountByIdentifier(nothing))
  await api.updateConnectedAccount({ ...named, connectedAccount: changed })
  await refused('NOT_FOUND', () => api.updateConnectedAccount({ ...nothing, connectedAccount: changed }))
  await api.getMagicLinkForConnectedAccount(named)
  await refused('NOT_FOUND', () => api.getMagicLinkForConnectedAccount(nothing))
  await api.deleteConnectedAccount(named)
  await refused('NOT_FOUND', () => api.deleteConnectedAccount(nothing))
}

/** `sdk.actions`, which speaks of connection names */
export async function actions({ sdk, refused }: SdkRecorder): Promise<void> {
  const api = sdk.actions
  const named = { connectionName: 'gmail', identifier: 'cleo@acme.example' }
  const elsewhere = { connectionName: 'nowhere', identifier: 'cleo@acme.example' }
  await api.createConnectedAccount({ ...named, authorizationDetails: undefined })
  await refused('ALREADY_EXISTS', () =>
    api.createConnectedAccount({ ...named, authorizationDetails: undefined }),
  )
  await api.getOrCreateConnectedAccount(named)
  await refused('NOT_FOUND', () => api.getOrCreateConnectedAccount(elsewhere))
  await api.upsertConnectedAccount({ ...named, apiConfig })
  await refused('NOT_FOUND', () => api.upsertConnectedAccount({ ...elsewhere, apiConfig }))
  await api.listConnectedAccounts()
  await refused('INVALID_ARGUMENT', () => api.listConnectedAccounts({ pageToken: 'not a token' }))
  await api.listConnections()
  await refused('INVALID_ARGUMENT', () => api.listConnections({ pageToken: 'not a token' }))
  await api.getConnectedAccount(named)
  await refused('NOT_FOUND', () => api.getConnectedAccount(nothing))
  await api.updateConnectedAccount({ ...named, apiConfig })
  await refused('NOT_FOUND', () => api.updateConnectedAccount({ ...nothing, apiConfig }))
  await api.getAuthorizationLink(named)
  await refused('NOT_FOUND', () => api.getAuthorizationLink(nothing))
  await api.deleteConnectedAccount(named)
  await refused('NOT_FOUND', () => api.deleteConnectedAccount(nothing))
}

/** `sdk.tools`, and the tools of `sdk.actions` */
export async function tools({ sdk, refused }: SdkRecorder): Promise<void> {
  const named = { identifier: 'default', connector: 'gmail' }
  await sdk.tools.listTools()
  await refused('INVALID_ARGUMENT', () => sdk.tools.listTools({ pageToken: 'not a token' }))
  await sdk.tools.listScopedTools('default', { filter: { toolNames: ['gmail_fetch_mails'] } })
  const page = { filter: {}, pageToken: 'not a token' }
  await refused('INVALID_ARGUMENT', () => sdk.tools.listScopedTools('default', page))
  await sdk.tools.listAvailableTools('default')
  await refused('NOT_FOUND', () => sdk.tools.listAvailableTools('nobody'))
  await sdk.tools.executeTool({ toolName: 'gmail_fetch_mails', params: {}, ...named })
  await refused('NOT_FOUND', () => sdk.tools.executeTool({ toolName: 'nothing', ...named }))
  await sdk.actions.executeTool({ toolName: 'gmail_fetch_mails', toolInput: {}, ...named })
  await refused('NOT_FOUND', () => sdk.actions.executeTool({ toolName: 'nothing', toolInput: {}, ...named }))
}

/** What an application says of the user who comes back from consent */
export async function verification({ sdk, refused }: SdkRecorder, local: Local): Promise<void> {
  const identifier = 'dan@acme.example'
  const request = { connectionName: 'gmail', identifier, userVerifyUrl: VERIFY_URL }
  for (const api of [sdk.connectedAccounts, sdk.actions]) {
    const { link } = await sdk.actions.getAuthorizationLink(request)
    const { searchParams } = await consentToVerify(local, link)
    const named = { authRequestId: searchParams.get('auth_request_id') ?? '', identifier }
    await refused('PERMISSION_DENIED', () => api.verifyConnectedAccountUser({ ...named, identifier: 'eve' }))
    await api.verifyConnectedAccountUser(named)
    await refused('NOT_FOUND', () => api.verifyConnectedAccountUser(named))
  }
}
