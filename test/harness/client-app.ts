/** What an MCP client keeps about its sign-in, in memory; fits both SDKs' `OAuthClientProvider`. */
export class ClientApp {
  redirectUrl = 'http://127.0.0.1:33418/callback'
  readonly clientMetadataUrl?: string
  /** Where the client would have opened the browser; the last one. */
  authorizationUrl: URL | undefined
  registrations = 0
  client: Record<string, unknown> | undefined
  saved: Record<string, unknown> | undefined
  #verifier = ''
  #discovery: unknown

  constructor(options: { clientMetadataUrl?: string } = {}) {
    if (options.clientMetadataUrl) this.clientMetadataUrl = options.clientMetadataUrl
  }

  get clientMetadata() {
    return {
      client_name: 'Test client',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }
  }

  state(): string {
    return 'state-of-the-test-client'
  }

  clientInformation(): never {
    return this.client as never
  }

  saveClientInformation(client: unknown): void {
    this.client = client as Record<string, unknown>
    this.registrations++
  }

  tokens(): never {
    return this.saved as never
  }

  saveTokens(tokens: unknown): void {
    this.saved = tokens as Record<string, unknown>
  }

  saveDiscoveryState(state: unknown): void {
    this.#discovery = state
  }

  discoveryState(): never {
    return this.#discovery as never
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }

  codeVerifier(): string {
    return this.#verifier
  }
}
