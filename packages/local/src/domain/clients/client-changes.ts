import { invalid } from '../domain-error.js'
import { APPLICATION_POLICY } from '../sessions/session-policy.js'
import { ClientData } from './client-data.js'
import { refuseWrongGrants } from './client-grants.js'
import { refuseReservedClaims } from './custom-claims.js'
import { refuseWrongUris, type UriRules } from './redirect-uris.js'

/** What a request can say about an application. Lifetimes are seconds. */
export interface ClientFields {
  readonly name: string
  readonly postLoginUris: string[]
  readonly postLogoutRedirectUris: string[]
  readonly backChannelLogoutUris: string[]
  readonly initiateLoginUri?: string | undefined
  readonly accessTokenExpiry?: bigint | undefined
  readonly scopes: string[]
  readonly customClaims: readonly { readonly key: string; readonly value: string }[]
  readonly disallowScalekitApiAccess?: boolean | undefined
  readonly grantTypes: string[]
  readonly enforcePkce?: boolean | undefined
}

/** The type decides on grants, the environment on URIs. */
export interface ClientRules extends UriRules {
  readonly clientType: string
}

/**
 * The data of a client with the named fields of a request in place of its own.
 * @throws {DomainError} `invalid` for a URI that the environment does not allow, or a custom claim that is reserved
 */
export function changedData(
  before: ClientData,
  message: ClientFields,
  fields: ReadonlySet<string>,
  rules: ClientRules,
): ClientData {
  const changes: { readonly [name in keyof ClientFields]-?: Partial<ClientData> } = {
    name: { name: message.name },
    postLoginUris: { post_login_uris: message.postLoginUris },
    postLogoutRedirectUris: { post_logout_redirect_uris: message.postLogoutRedirectUris },
    backChannelLogoutUris: { back_channel_logout_uris: message.backChannelLogoutUris },
    initiateLoginUri: { initiate_login_uri: message.initiateLoginUri ?? '' },
    accessTokenExpiry: { access_token_expiry: Number(message.accessTokenExpiry) || undefined },
    scopes: { scopes: message.scopes },
    customClaims: { custom_claims: message.customClaims.map(({ key, value }) => ({ key, value })) },
    disallowScalekitApiAccess: { disallow_scalekit_api_access: message.disallowScalekitApiAccess ?? false },
    grantTypes: { grant_types: message.grantTypes },
    enforcePkce: { enforce_pkce: message.enforcePkce ?? false },
  }
  const named = Object.entries(changes).filter(([name]) => fields.has(name))
  const data = ClientData.parse(Object.assign({ ...before }, ...named.map(([, change]) => change)))
  refuseWrongUris(rules, urisOf(data), new Set(Object.values(urisOf(before)).flat()))
  if (fields.has('customClaims')) refuseReservedClaims(data.custom_claims)
  refuseWrongGrants(rules.clientType, data.grant_types)
  const { access_token_expiry: expiry } = data
  if (expiry !== undefined && (expiry < 1 || expiry >= APPLICATION_POLICY.absolute * 60)) {
    const description = 'must be positive, and shorter than a session lasts'
    throw invalid(`client.access_token_expiry: ${description}`, [
      { field: 'client.access_token_expiry', description },
    ])
  }
  if (data.name === '') {
    throw invalid('client.name: a client must have a name', [
      { field: 'client.name', description: 'must not be empty' },
    ])
  }
  return data
}

function urisOf(data: ClientData) {
  return {
    post_login_uris: data.post_login_uris,
    post_logout_redirect_uris: data.post_logout_redirect_uris,
    back_channel_logout_uris: data.back_channel_logout_uris,
    initiate_login_uri: data.initiate_login_uri ? [data.initiate_login_uri] : [],
  }
}
