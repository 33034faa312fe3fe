/** A tool call as a provider gets it. */
export interface ProviderCall {
  readonly connection: string
  readonly tool: string
  /** The developer's own URL in place of the simulated provider. */
  readonly handler: string | undefined
  /** The credentials of the account, as headers. */
  readonly headers: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, unknown>>
  readonly identifier: string
  readonly connectedAccountId: string
}

/** What an OAuth provider returns for a code or a refresh token. */
export interface ProviderTokens {
  readonly accessToken: string
  /** Undefined where the user has not granted offline access. */
  readonly refreshToken: string | undefined
  /** Undefined where they are those that were asked for. */
  readonly scopes: readonly string[] | undefined
  readonly expiresInSeconds: number
}

/** A provider did not do what it was asked for. The status is undefined where it did not answer. */
export class ProviderFailure extends Error {
  readonly status: number | undefined
  readonly code: string | undefined

  constructor(message: string, status?: number, code?: string) {
    super(message)
    this.name = 'ProviderFailure'
    this.status = status
    this.code = code
  }
}

/** What is asked of providers. Each method sends one request. @throws {ProviderFailure} */
export interface Providers {
  /** Calls a tool; returns its answer as JSON. */
  call(call: ProviderCall): Promise<unknown>
  redeemCode(connection: string, code: string, redirectUri: string, verifier: string): Promise<ProviderTokens>
  refresh(connection: string, refreshToken: string): Promise<ProviderTokens>
  /** Gets a token for a user of a Google Workspace, as the service account of the connection. */
  impersonate(connection: string, subject: string): Promise<ProviderTokens>
}

/** The paths of the provider that is simulated for a connection. */
export function providerPaths(connection: string) {
  const provider = `/simulator/${connection}`
  return {
    authorize: `${provider}/oauth/authorize`,
    token: `${provider}/oauth/token`,
    tool: (name: string) => `${provider}/tools/${name}`,
    api: `${provider}/api`,
  }
}
