import type { OIDCContext, Provider } from 'oidc-provider'
import { revokeToken } from '../../domain/tokens/revoked-tokens.js'
import { type AccessTokenClaims, audiences } from '../../domain/tokens/verify-token.js'
import { mayInspect } from '../clients/may-inspect.js'
import type { ServerIdentity } from '../server/oauth-context.js'

const DECLINING_ROUTES = ['introspection', 'revocation']

/**
 * Introspection (RFC 7662) and revocation (RFC 7009) of our access tokens. They are JWTs, which oidc-provider
 * declines to handle at these endpoints, after it has authenticated the client: what it declined is answered here.
 */
export function answerJwtTokenEndpoints(provider: Provider, server: ServerIdentity): void {
  const { context, realm } = server
  provider.use(async (ctx, next) => {
    await next()
    if (!DECLINING_ROUTES.includes(ctx.oidc?.route) || !isDeclined(ctx.body)) return
    const { client, params, route }: OIDCContext = ctx.oidc
    if (client === undefined) return
    const claims = await context.verifier.verify(realm, String(params?.token))
    if (route === 'introspection') {
      const visible =
        claims !== undefined &&
        (await mayInspect(server, client, { clientId: claims.client_id, audience: audiences(claims) }))
      ctx.status = 200
      ctx.body = visible ? active(claims) : { active: false }
      return
    }
    // RFC 7009, section 2.2: a token that is unknown or of another client is answered like a revoked one.
    if (claims?.client_id === client.clientId) {
      await revokeToken(context.database, context.clock, {
        realm,
        jti: claims.jti,
        expiresAt: claims.exp * 1000,
      })
    }
    ctx.status = 200
    ctx.body = ''
  })
}

function isDeclined(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && 'error' in body && body.error === 'unsupported_token_type'
  )
}

/** RFC 7662, section 2.2. */
function active(claims: AccessTokenClaims) {
  return { ...claims, active: true, token_type: 'Bearer' }
}
