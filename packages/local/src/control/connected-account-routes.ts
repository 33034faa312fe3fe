import { Router } from 'express'
import { revokeAtProvider } from '../domain/agent-tools/revoked-tokens.js'
import { accountWithId } from '../domain/connected-accounts/connected-account-data.js'
import { LocalError } from '../storage/local-error.js'
import type { ControlContext } from './control-context.js'

/** What a user does at the provider of a connected account, where the provider is simulated. */
export function connectedAccountRoutes(context: ControlContext): Router {
  const router = Router()
  router.post('/:id/revoke', async ({ params: { id } }, response) => {
    const account = await accountWithId(context.database.db, id)
    if (account === undefined) throw new LocalError('not_found', `There is no connected account ${id}.`)
    await revokeAtProvider(context, account)
    response.json({ status: 'revoked' })
  })
  return router
}
