import { json, type Response, Router } from 'express'
import { isRevoked } from '../../../domain/agent-tools/revoked-tokens.js'
import { SimulatedCall, simulatedAnswer } from '../../../domain/agent-tools/simulated-answer.js'
import type { OAuthContext } from '../../server/oauth-context.js'

/** The API of the provider that is simulated for a connection: each tool is one request. */
export function toolRoutes(context: OAuthContext): Router {
  const router = Router()
  router.post('/simulator/:connection/tools/:tool', json({ limit: '4mb' }), async (request, response) => {
    const { connection, tool: name } = request.params as { connection: string; tool: string }
    const row = await context.database.db
      .selectFrom('connections')
      .select('environment_id')
      .where('id', '=', connection)
      .executeTakeFirst()
    const tool = row && (await context.agentTools.catalogue.of(row.environment_id)).tool(name)
    if (tool === undefined) return refuse(response, 404, 'NOT_FOUND', `There is no tool ${name} here.`)
    const [, token = ''] = /^Bearer (.+)$/.exec(request.get('authorization') ?? '') ?? []
    if (await isRevoked(context, connection, token))
      return refuse(response, 401, 'UNAUTHORIZED', 'The access token was revoked.')
    const call = SimulatedCall.safeParse(request.body)
    if (!call.success) return refuse(response, 400, 'INVALID_REQUEST', 'The call has no params.')
    const { status, body } = simulatedAnswer(tool, call.data, context.clock.now())
    response.status(status).set('Cache-Control', 'no-store').json(body)
  })
  return router
}

function refuse(response: Response, status: number, code: string, message: string): void {
  response.status(status).set('Cache-Control', 'no-store').json({ error: { code, message } })
}
