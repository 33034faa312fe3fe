interface Connection {
  id: string
  environment_id: string
}

/** The paths of a connection on this service. */
export function ssoPaths({ id, environment_id }: Connection) {
  const saml = `/${environment_id}/sso/v1/saml/${id}`
  return {
    oauthCallback: `/${environment_id}/sso/v1/oauth/${id}/callback`,
    oidcCallback: `/${environment_id}/sso/v1/oidc/${id}/callback`,
    samlEntity: saml,
    samlCallback: `${saml}/callback`,
  }
}

/** Where an identity provider sends people back to: what its administrator registers for the connection. */
export function ssoCallback(baseUrl: string, connection: Connection): string {
  return baseUrl + ssoPaths(connection).oidcCallback
}

/** Where the provider of a connected account sends its user back to. */
export function accountCallback(baseUrl: string, connection: Connection): string {
  return baseUrl + ssoPaths(connection).oauthCallback
}

/** The page that ends it. */
export function accountConnectedPage(baseUrl: string, connection: Connection): string {
  return accountCallback(baseUrl, connection).replace(/callback$/, 'connected')
}

/** Who we are to a SAML identity provider (SAML 2.0 Metadata, section 2.4.4): one service provider for each connection. */
export function samlServiceProvider(baseUrl: string, connection: Connection) {
  const entityId = baseUrl + ssoPaths(connection).samlEntity
  return { entityId, assertionUrl: `${entityId}/callback`, metadataUrl: `${entityId}/metadata` }
}
