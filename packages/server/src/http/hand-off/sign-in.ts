import { randomBytes } from 'node:crypto'
import { Secret } from '@scalekit-mcp/auth'
import { isLoopback } from '@scalekit-mcp/auth/server'
import type * as OAuth from 'oauth4webapi'
import type { HandOff } from '../../call/interaction/interaction.js'
import type { Config } from '../../config/config.js'
import { ExpiringCache } from '../../scalekit/expiring-cache.js'
import { writeScopes } from '../../scope-names.js'
import { createValueSeal } from '../../shared/sealed-value.js'

/** How long a person has at the authorization server. */
const SIGN_IN_MS = 10 * 60_000
const METADATA_MS = 60 * 60_000
const REGISTRATION_MS = 24 * 60 * 60_000
const REQUEST_MS = 5_000

export const CALLBACK_PATH = '/hand-off/callback'
export const CLIENT_DOCUMENT_PATH = '/hand-off/client.json'

/** What the browser carries, sealed, until it comes back. */
interface Begun {
  readonly handOffId: string
  /** The authorization server to which the browser was sent. */
  readonly issuer: string
  readonly verifier: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly until: number
}

export interface SignedIn {
  readonly handOffId: string
  readonly accessToken: string
  /** What was asked for, in long names. */
  readonly scopes: readonly string[]
}

/** A person signs in to this server, as to any MCP client: with a code and PKCE, for a token whose audience is this server. */
export interface SignIn {
  /**
   * Begins at the authorization server that issued the token of the call.
   *
   * @param again asks the person to choose another account
   * @returns where to send the browser, and what it has to bring back under the name of the state
   * @throws Error where the authorization server cannot be reached or does not let this server in as a client
   */
  begin(
    handOff: Pick<HandOff, 'id' | 'owner'>,
    scopes: readonly string[],
    again: boolean,
  ): Promise<{ readonly location: string; readonly state: string; readonly carried: string }>
  /**
   * @param url to which the authorization server sent the browser
   * @param carried gives what this browser was given for a state
   * @throws SignInRefused where the person or the authorization server said no; Error where the sign-in was begun elsewhere
   */
  finish(url: URL, carried: (state: string) => string | undefined): Promise<SignedIn>
  /** The client metadata document of this server (CIMD). */
  readonly clientDocument: Readonly<Record<string, unknown>>
}

/** The authorization server answered with `access_denied` (RFC 6749 section 4.1.2.1). */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused'

  constructor(
    readonly handOffId: string,
    readonly scopes: readonly string[],
  ) {
    super('The sign-in was refused')
  }
}

type SignInConfig = Pick<
  Config,
  'resource' | 'authorizationServers' | 'handOffClientId' | 'scopeNames' | 'stateKey'
>

export function createSignIn(config: SignInConfig): SignIn {
  const seal = createValueSeal(config.stateKey ?? new Secret(randomBytes(32).toString('base64url')))
  const { origin, protocol, hostname } = new URL(config.resource)
  const redirectUri = origin + CALLBACK_PATH
  const clientDocument = {
    client_id: origin + CLIENT_DOCUMENT_PATH,
    client_name: 'Scalekit MCP server',
    client_uri: origin,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: isLoopback(hostname) && protocol === 'http:' ? 'native' : 'web',
  }
  const { length: count } = config.authorizationServers
  const servers = new ExpiringCache<OAuth.AuthorizationServer>(count)
  const registered = new ExpiringCache<string>(count)

  /** RFC 8414, or OpenID Connect Discovery. The metadata must name this issuer. */
  const readServer = async (issuer: string) => {
    const oauth = await library()
    const read = async (algorithm: 'oauth2' | 'oidc') =>
      oauth.processDiscoveryResponse(
        new URL(issuer),
        await oauth.discoveryRequest(new URL(issuer), { algorithm, ...requestOptions(oauth) }),
      )
    const value = await read('oauth2').catch(() => read('oidc'))
    return { value, expiresAt: Date.now() + METADATA_MS }
  }
  const serverOf = (issuer: string) => servers.get(issuer, () => readServer(issuer))

  /** MCP 2026-07-28, authorization, "Client Registration": configured, then CIMD, then DCR. */
  const clientId = async (as: OAuth.AuthorizationServer): Promise<string> => {
    if (config.handOffClientId) return config.handOffClientId
    if (as.client_id_metadata_document_supported === true && protocol === 'https:') {
      return clientDocument.client_id
    }
    return registered.get(as.issuer, async () => {
      const oauth = await library()
      const { client_id: _, ...metadata } = clientDocument
      const response = await oauth.dynamicClientRegistrationRequest(as, metadata, requestOptions(oauth))
      const client = await oauth.processDynamicClientRegistrationResponse(response)
      return { value: client.client_id, expiresAt: Date.now() + REGISTRATION_MS }
    })
  }

  return {
    clientDocument,
    async begin({ id: handOffId, owner }, scopes, again) {
      const oauth = await library()
      const issuer = authorizationServerOf(owner.issuer, config.authorizationServers)
      const as = await serverOf(issuer)
      const id = await clientId(as)
      if (!as.authorization_endpoint)
        throw new Error('The authorization server has no authorization_endpoint')
      const state = oauth.generateRandomState()
      const verifier = oauth.generateRandomCodeVerifier()
      const until = Date.now() + SIGN_IN_MS
      const begun: Begun = { handOffId, issuer, verifier, clientId: id, scopes, until }
      const url = new URL(as.authorization_endpoint)
      const parameters = {
        response_type: 'code',
        client_id: id,
        redirect_uri: redirectUri,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        // RFC 8707 section 2.
        resource: config.resource,
        ...(scopes.length > 0 ? { scope: writeScopes(scopes, config.scopeNames).join(' ') } : {}),
        ...(again ? { prompt: 'login' } : {}),
      }
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
      return { location: url.href, state, carried: seal.seal(stateName(state), begun) }
    },
    async finish(url, carried) {
      const oauth = await library()
      const state = url.searchParams.get('state') ?? ''
      const begun = seal.open(stateName(state), carried(state) ?? '') as Begun | undefined
      if (!begun || begun.until < Date.now()) throw new Error('This sign-in was not begun in this browser')
      const as = await serverOf(begun.issuer)
      const client = { client_id: begun.clientId }
      const parameters = readAnswer(oauth, as, url, begun)
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        oauth.None(),
        parameters,
        redirectUri,
        begun.verifier,
        { additionalParameters: { resource: config.resource }, ...requestOptions(oauth) },
      )
      const { access_token } = await oauth.processAuthorizationCodeResponse(as, client, response)
      return { handOffId: begun.handOffId, accessToken: access_token, scopes: begun.scopes }
    },
  }
}

/**
 * The configured authorization server whose tokens have this issuer. Scalekit's tokens name the environment, of which the
 * authorization server of an MCP server is a part: `<environment>/resources/<id>`.
 *
 * @throws Error where none of several is
 */
function authorizationServerOf(issuer: string, configured: readonly string[]): string {
  const found = configured.find((each) => each === issuer || each.startsWith(`${issuer}/resources/`))
  // An issuer may be known under another host: with one authorization server there is no doubt.
  const server = found ?? (configured.length === 1 ? configured[0] : undefined)
  if (server === undefined) throw new Error(`No configured authorization server has the issuer ${issuer}`)
  return server
}

/**
 * Reads what the authorization server answered. It must name the server to which the browser was sent (RFC 9207 section 2.4).
 *
 * @throws SignInRefused for `access_denied`
 */
function readAnswer(
  oauth: typeof OAuth,
  as: OAuth.AuthorizationServer,
  url: URL,
  { handOffId, clientId, scopes }: Begun,
): URLSearchParams {
  const state = url.searchParams.get('state') ?? ''
  try {
    return oauth.validateAuthResponse(as, { client_id: clientId }, url, state)
  } catch (error) {
    const isRefusal = error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied'
    throw isRefusal ? new SignInRefused(handOffId, scopes) : error
  }
}

const stateName = (state: string) => `hand-off sign-in ${state}`

/** Loaded with the first page: most servers never need it. */
const library = () => import('oauth4webapi')

/** The configuration refuses http where it leaves this machine or its private network. */
const requestOptions = (oauth: typeof OAuth) => ({
  [oauth.allowInsecureRequests]: true,
  signal: AbortSignal.timeout(REQUEST_MS),
})
