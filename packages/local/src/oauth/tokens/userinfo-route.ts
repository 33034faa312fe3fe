import { type Request, type Response, Router } from 'express'
import { splitScope } from '../../domain/resources/scopes.js'
import { findPerson, organizationOf } from '../../domain/users/people.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { openToPages } from '../server/open-to-pages.js'
import { refuse } from '../server/refuse.js'
import { personClaims } from './account.js'

/** Userinfo (OpenID Connect Core, section 5.3), for the JWT access tokens of this realm. */
export function userinfoRoute(context: OAuthContext): Router {
  const router = Router({ mergeParams: true })
  const answer = async (request: Request, response: Response) => {
    const realm = String(request.params.realm)
    const token = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const claims = token === undefined ? undefined : await context.verifier.verify(realm, token)
    const scopes = splitScope(claims?.scope)
    const person =
      claims === undefined
        ? undefined
        : await findPerson(context.database, realm, claims.sub, organizationOf(claims))
    if (person === undefined) {
      response.set('WWW-Authenticate', token === undefined ? 'Bearer' : 'Bearer error="invalid_token"')
      return refuse(
        response,
        401,
        'invalid_token',
        'Send an access token of this issuer with the scope openid.',
      )
    }
    // RFC 6750, section 3.1: a valid token that lacks the scope is not an invalid token.
    if (!scopes.includes('openid')) {
      response.set('WWW-Authenticate', 'Bearer error="insufficient_scope", scope="openid"')
      return refuse(response, 403, 'insufficient_scope', 'The access token lacks the scope openid.')
    }
    const { openid, profile, email } = personClaims(person)
    response.set('Cache-Control', 'no-store').json({
      ...openid,
      ...(scopes.includes('profile') ? profile : {}),
      ...(scopes.includes('email') ? email : {}),
    })
  }
  router.use('/userinfo', openToPages('GET', 'POST'))
  router.get('/userinfo', answer)
  router.post('/userinfo', answer)
  return router
}
