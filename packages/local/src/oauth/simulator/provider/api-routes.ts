import { json, type Request, type RequestHandler, type Response, Router, text, urlencoded } from 'express'
import { isRevoked } from '../../../domain/agent-tools/revoked-tokens.js'
import { accountWithCredentials, answerRequest } from '../../../domain/agent-tools/simulated-request.js'
import { connectionData } from '../../../domain/connections/connection-data.js'
import type { OAuthContext } from '../../server/oauth-context.js'

const LIMIT = '4mb'
/** The simulated provider accepts every content type. */
const BODIES: RequestHandler[] = [
  json({ limit: LIMIT, strict: false, type: ['json', '+json'] }),
  urlencoded({ extended: false, limit: LIMIT }),
  text({ limit: LIMIT, type: () => true }),
]

/** The API of the provider that is simulated for a connection. Applications call it through the proxy. */
export function apiRoutes(context: OAuthContext): Router {
  const router = Router()
  router.use(
    '/simulator/:connection/api',
    ...BODIES,
    async (request: Request<{ connection: string }>, response) => {
      const { connection } = request.params
      const row = await context.database.db
        .selectFrom('connections')
        .selectAll()
        .where('id', '=', connection)
        .executeTakeFirst()
      const { provider_key = '' } = row ? connectionData(row) : {}
      const toolbox = row && (await context.agentTools.catalogue.of(row.environment_id))
      const connector = toolbox?.connector(provider_key)
      if (row === undefined || connector === undefined)
        return refuse(response, 404, 'NOT_FOUND', 'There is no provider here.')
      const account = await accountWithCredentials(context, row.environment_id, connection, (name) =>
        request.get(name),
      )
      const [, token = ''] = /^Bearer (.+)$/.exec(request.get('authorization') ?? '') ?? []
      if (account === undefined || (await isRevoked(context, connection, token)))
        return refuse(response, 401, 'UNAUTHORIZED', 'The credentials are missing, unknown or revoked.')
      const asked = {
        ...{ method: request.method, path: request.path },
        ...{ query: { ...(request.query as Record<string, string>) }, body: request.body ?? {} },
      }
      const answer = answerRequest(connector.requests, asked, account, context.clock.now())
      if (answer === undefined) {
        const what = `${request.method} ${request.path}`
        return refuse(
          response,
          404,
          'NOT_FOUND',
          `The simulated ${connector.display_name} has no answer for ${what}: add one to requests of the connector in the seed.`,
        )
      }
      response.status(answer.status).set('Cache-Control', 'no-store').json(answer.body)
    },
  )
  return router
}

function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).set('Cache-Control', 'no-store').json({ error: { code, message } })
}
