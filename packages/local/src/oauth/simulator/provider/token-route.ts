import { createHash, randomBytes } from 'node:crypto'
import { type Request, Router, urlencoded } from 'express'
import { isRevoked } from '../../../domain/agent-tools/revoked-tokens.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { refuse } from '../../server/refuse.js'
import { authorizationCodes } from './authorization-codes.js'

const ACCESS_TOKEN_SECONDS = 3600

/**
 * The token endpoint of the provider that is simulated for a connection (RFC 6749, sections 4.1.3 and 6). A refresh token
 * is valid until it is revoked, also one from the seed or the application.
 */
export function providerTokenRoute(context: OAuthContext): Router {
  const router = Router()
  const form = urlencoded({ extended: false, limit: '16kb' })
  router.post(
    '/simulator/:connection/oauth/token',
    form,
    async (request: Request<{ connection: string }>, response) => {
      const { connection } = request.params
      const text = (name: string) => String(Object(request.body)[name] ?? '')
      const send = (granted: object) =>
        response.set('Cache-Control', 'no-store').json({
          ...{ access_token: secret(), token_type: 'Bearer', expires_in: ACCESS_TOKEN_SECONDS },
          ...granted,
        })
      if (text('grant_type') === 'refresh_token') {
        const token = text('refresh_token')
        if (token === '' || (await isRevoked(context, connection, token)))
          return refuse(response, 400, 'invalid_grant', 'The refresh token was revoked.')
        return send({})
      }
      if (text('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
        if (text('subject') === '')
          return refuse(response, 400, 'invalid_grant', 'Name the user: send subject.')
        return send({})
      }
      if (text('grant_type') !== 'authorization_code')
        return refuse(
          response,
          400,
          'unsupported_grant_type',
          'Send authorization_code, refresh_token or jwt-bearer.',
        )
      const consent = await authorizationCodes(context, connection).redeem(text('code'))
      const challenge = createHash('sha256').update(text('code_verifier')).digest('base64url')
      if (consent?.code_challenge !== challenge || consent.redirect_uri !== text('redirect_uri'))
        return refuse(response, 400, 'invalid_grant', 'The code is not valid for this request.')
      send({ scope: consent.scopes.join(' '), ...(consent.offline && { refresh_token: secret() }) })
    },
  )
  return router
}

const secret = () => randomBytes(32).toString('base64url')
