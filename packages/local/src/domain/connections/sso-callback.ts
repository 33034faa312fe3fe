interface Connection {
  id: string
  environment_id: string
}

/** Where an identity provider sends people back to: what its administrator registers for the connection. */
export function ssoCallback(baseUrl: string, connection: Connection): string {
  return `${baseUrl}/${connection.environment_id}/sso/v1/oidc/${connection.id}/callback`
}

/** Who we are to a SAML identity provider (SAML 2.0 Metadata, section 2.4.4): one service provider for each connection. */
export function samlServiceProvider(baseUrl: string, connection: Connection) {
  const entityId = `${baseUrl}/${connection.environment_id}/sso/v1/saml/${connection.id}`
  return { entityId, assertionUrl: `${entityId}/callback`, metadataUrl: `${entityId}/metadata` }
}
