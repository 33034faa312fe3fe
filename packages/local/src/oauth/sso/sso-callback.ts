/** Where an identity provider sends people back to: what its administrator registers for the connection. */
export function ssoCallback(baseUrl: string, connection: { id: string; environment_id: string }): string {
  return `${baseUrl}/${connection.environment_id}/sso/v1/oidc/${connection.id}/callback`
}
