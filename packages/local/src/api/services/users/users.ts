import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { UserService } from '@scalekit-mcp/api'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import { createUser } from '../../../domain/users/create-user.js'
import { deleteUser } from '../../../domain/users/delete-user.js'
import { sendInvitation } from '../../../domain/users/invitation-mail.js'
import { addMembership } from '../../../domain/users/membership-changes.js'
import { findUser, refuseTakenUser, userData } from '../../../domain/users/user-data.js'
import { profileOf } from '../../../domain/users/user-profile.js'
import type { UserRow } from '../../../storage/schema.js'
import { identityOf, required } from '../../identity.js'
import { toUserMessage, toUsers } from '../../messages/user-message.js'
import { fetchList, type PageRequest, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'
import { column, contains, inside } from '../../search.js'

export function userHandlers(store: Store): Partial<ServiceImpl<typeof UserService>> {
  const { database, clock } = store
  const names = ['name', 'first_name', 'last_name'].map((name) =>
    inside(database.dialect, 'data', ['user_profile', name]),
  )
  const searched = [...['id', 'email', 'external_id'].map(column), ...names]
  return {
    async createUserAndMembership({ organizationId, user, sendInvitationEmail }, context) {
      const { email, externalId, userProfile, membership, metadata } = required(user, 'user')
      const now = clock.now()
      const environment = environmentOf(context)
      const data = { user_profile: profileOf(userProfile), metadata }
      const invite = sendInvitationEmail !== false
      const made = await database.transaction(async (db) => {
        const organization = await findOrganization(db, environment, { id: organizationId })
        const row = await createUser(db, { environment, email, externalId: externalId || null, data }, now)
        await addMembership(db, clock, organization, row.id, {
          roles: membership?.roles ?? [],
          metadata: membership?.metadata ?? {},
          inviterEmail: membership?.inviterEmail,
          method: invite ? 'invitation' : 'direct_provision',
        })
        return { organization, row, user: await toUserMessage(db, row, now) }
      })
      if (invite) await sendInvitation(store, made.organization, made.row)
      return { user: made.user }
    },

    async getUser({ identities }, context) {
      const row = await findUser(database.db, environmentOf(context), identityOf(identities))
      return { user: await toUserMessage(database.db, row, clock.now()) }
    },

    async listUsers(request, context) {
      return listUsers(context, request, {})
    },

    async searchUsers(request, context) {
      return listUsers(context, request, { search: request.query })
    },

    async listOrganizationUsers(request, context) {
      await findOrganization(database.db, environmentOf(context), { id: request.organizationId })
      return listUsers(context, request, { organization: request.organizationId })
    },

    async searchOrganizationUsers(request, context) {
      await findOrganization(database.db, environmentOf(context), { id: request.organizationId })
      return listUsers(context, request, { organization: request.organizationId, search: request.query })
    },

    async updateUser({ identities, user }, context) {
      const { externalId, userProfile, metadata } = required(user, 'user')
      return database.transaction(async (db) => {
        const row = await findUser(db, environmentOf(context), identityOf(identities))
        const data = userData(row)
        if (Object.keys(metadata).length > 0) data.metadata = metadata
        data.user_profile = { ...data.user_profile, ...profileOf(userProfile) }
        const updated: UserRow = {
          ...row,
          external_id: externalId === undefined ? row.external_id : externalId || null,
          data: JSON.stringify(data),
          updated_at: clock.now(),
        }
        await refuseTakenUser(db, updated)
        await db.updateTable('users').set(updated).where('id', '=', row.id).execute()
        return { user: await toUserMessage(db, updated, clock.now()) }
      })
    },

    async deleteUser({ identities }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const { id } = await findUser(db, environment, identityOf(identities))
        await deleteUser(db, clock, environment, id)
      })
      return {}
    },
  }

  async function listUsers(
    context: HandlerContext,
    request: PageRequest,
    { organization = '', search = '' }: { organization?: string; search?: string },
  ) {
    const environment = environmentOf(context)
    let query = database.db.selectFrom('users').where('users.environment_id', '=', environment)
    if (organization !== '') {
      const inside = database.db
        .selectFrom('memberships')
        .select('user_id')
        .where('organization_id', '=', organization)
      query = query.where('users.id', 'in', inside)
    }
    if (search !== '') query = query.where(contains(database.dialect, searched, search))
    const page = readPage(['users', environment, organization, search], request)
    const { rows, tokens } = await fetchList(page, query.selectAll(), 'id')
    return { ...tokens, users: await toUsers(database.db, rows, clock.now()) }
  }
}
