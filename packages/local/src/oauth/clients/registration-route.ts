import { json, type Request, type RequestHandler, type Response, Router } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { z } from 'zod'
import { describeProblems } from '../../domain/describe-problems.js'
import type { AuthorizationServers } from '../server/authorization-server.js'
import { openToPages } from '../server/open-to-pages.js'
import { refuse } from '../server/refuse.js'
import { withBody } from '../server/request-body.js'
import { publicClient } from './client-metadata.js'

/** Registering is open to anyone who reaches the port, and every registration stays: an address may do so many an hour. */
const REGISTRATIONS_PER_HOUR = 1000

/**
 * Dynamic client registration (RFC 7591), at Scalekit's path in the REST API. Clients are public ones (`m2m_`);
 * what they send is taken leniently, see `publicClient`. Open to web pages: a client may be one.
 */
export function registrationRoute(servers: AuthorizationServers): Router {
  const limiter = new RateLimiterMemory({ points: REGISTRATIONS_PER_HOUR, duration: 3600 })
  const router = Router({ mergeParams: true })
  const path = '/api/v1/resources/:resource/clients\\:register'

  router.options(path, openToPages('POST'))
  router.post(
    path,
    openToPages('POST'),
    limitAddress(limiter),
    json({ limit: '32kb' }),
    async (request, response) => {
      const { realm, resource } = request.params
      const server = await servers.find(String(realm), String(resource))
      if (server === undefined) return refuse(response, 404, 'not_found', 'There is no such MCP server here.')
      if (server.resource?.settings.disable_dynamic_client_registration) {
        return refuse(
          response,
          403,
          'registration_not_supported',
          'Dynamic registration is off for this MCP server.',
        )
      }
      const metadata = accept(request.body, response)
      if (metadata === undefined) return
      const forwarded = withBody(request, JSON.stringify(metadata))
      Object.assign(forwarded, {
        url: '/oauth/register',
        originalUrl: `${new URL(server.issuer).pathname}/oauth/register`,
      })
      await server.provider.callback()(forwarded, response)
    },
  )
  return router
}

function limitAddress(limiter: RateLimiterMemory): RequestHandler {
  return async (request: Request, response: Response, next) => {
    try {
      await limiter.consume(request.socket.remoteAddress ?? 'unknown')
    } catch (exceeded) {
      if (!(exceeded instanceof RateLimiterRes)) throw exceeded
      const seconds = Math.ceil(exceeded.msBeforeNext / 1000)
      response.set('Retry-After', String(seconds))
      return refuse(response, 429, 'too_many_requests', `Too many registrations. Try again in ${seconds} s.`)
    }
    next()
  }
}

function accept(sent: unknown, response: Response) {
  try {
    return publicClient(sent)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const code =
      typeof sent === 'object' && sent !== null ? 'invalid_redirect_uri' : 'invalid_client_metadata'
    refuse(response, 400, code, describeProblems(error))
    return undefined
  }
}
