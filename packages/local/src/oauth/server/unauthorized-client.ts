import type { Provider } from 'oidc-provider'

/**
 * RFC 6749, section 5.2: a client that is not registered for a grant is `unauthorized_client`. oidc-provider calls the
 * request invalid.
 */
export function nameUnauthorizedClients(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    const { client, params, route } = ctx.oidc ?? {}
    const grant = params?.grant_type
    if (route !== 'token' || ctx.status !== 400 || client === undefined || typeof grant !== 'string') return
    if (ctx.body?.error === 'invalid_request' && !client.grantTypeAllowed(grant))
      ctx.body = { ...ctx.body, error: 'unauthorized_client' }
  })
}
