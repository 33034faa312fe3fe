import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type UserService } from '@scalekit-mcp/api'
import { WORKSPACE } from '../../../domain/environments/realm.js'
import type { Store } from '../../../domain/store.js'
import { findPerson } from '../../../domain/users/people.js'
import { supportHash } from '../../../domain/users/support-hash.js'
import { findUser } from '../../../domain/users/user-data.js'
import { toUserMessage } from '../../messages/user-message.js'
import { environmentOf, principalKey } from '../../request-context.js'

/** What signed-in users read about themselves. */
export function currentUserHandlers(store: Store): Partial<ServiceImpl<typeof UserService>> {
  const { database, clock, keys } = store
  return {
    async getCurrentUser(_request, context) {
      const principal = context.values.get(principalKey)
      if (principal?.kind !== 'session') throw nobody()
      const row = await findUser(database.db, environmentOf(context), { id: principal.userId })
      return {
        user: await toUserMessage(database.db, row, clock.now()),
        currentSessionId: principal.sessionId ?? '',
      }
    },

    async getSupportHash(_request, context) {
      const { realm, id } = caller(context)
      const person = await findPerson(database, realm, id)
      if (person === undefined) throw nobody()
      return { supportHash: await supportHash(keys, realm, person.email) }
    },
  }
}

function caller(context: HandlerContext): { realm: string; id: string } {
  const principal = context.values.get(principalKey)
  if (principal?.kind === 'session') return { realm: principal.realm, id: principal.userId }
  if (principal?.kind === 'member') return { realm: WORKSPACE, id: principal.memberId }
  throw nobody()
}

function nobody() {
  return apiError(Code.PermissionDenied, 'Call this with the token of a signed-in user')
}
