import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type UserService } from '@scalekit-mcp/api'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import { deleteMembership } from '../../../domain/users/delete-user.js'
import { sendInvitation } from '../../../domain/users/invitation-mail.js'
import { addMembership, INVITATION_MS, roleNames } from '../../../domain/users/membership-changes.js'
import { updateMembership } from '../../../domain/users/membership-status.js'
import {
  findMembership,
  findUser,
  membershipData,
  membershipStatus,
} from '../../../domain/users/user-data.js'
import { identityOf, required } from '../../identity.js'
import { toUserMessage } from '../../messages/user-message.js'
import { environmentOf } from '../../request-context.js'

/** Which users are in which organizations, and the invitations of those who have not accepted yet. */
export function membershipHandlers(store: Store): Partial<ServiceImpl<typeof UserService>> {
  const { database, clock } = store
  return {
    async createMembership({ organizationId, identities, membership, sendInvitationEmail }, context) {
      const environment = environmentOf(context)
      const { roles, metadata, inviterEmail } = required(membership, 'membership')
      const invite = sendInvitationEmail !== false
      const made = await database.transaction(async (db) => {
        const organization = await findOrganization(db, environment, { id: organizationId })
        const user = await findUser(db, environment, identityOf(identities))
        const method = invite ? 'invitation' : 'direct_provision'
        await addMembership(db, clock, organization, user.id, { roles, metadata, inviterEmail, method })
        return { organization, row: user, user: await toUserMessage(db, user, clock.now()) }
      })
      if (invite) await sendInvitation(store, made.organization, made.row)
      return { user: made.user }
    },

    async updateMembership({ organizationId, identities, membership }, context) {
      const environment = environmentOf(context)
      const { roles, metadata } = required(membership, 'membership')
      return database.transaction(async (db) => {
        const organization = await findOrganization(db, environment, { id: organizationId })
        const user = await findUser(db, environment, identityOf(identities))
        const row = await findMembership(db, organization.id, user.id)
        await updateMembership(db, clock, row, {
          ...(roles.length > 0 && { roles: await roleNames(db, organization, roles) }),
          ...(Object.keys(metadata).length > 0 && { metadata }),
        })
        return { user: await toUserMessage(db, user, clock.now()) }
      })
    },

    async deleteMembership({ organizationId, identities }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const organization = await findOrganization(db, environment, { id: organizationId })
        const user = await findUser(db, environment, identityOf(identities))
        await findMembership(db, organization.id, user.id)
        await deleteMembership(db, clock, organization.id, user.id)
      })
      return {}
    },

    async resendInvite({ organizationId, id }, context) {
      const environment = environmentOf(context)
      const now = clock.now()
      const sent = await database.transaction(async (db) => {
        const organization = await findOrganization(db, environment, { id: organizationId })
        const user = await findUser(db, environment, { id })
        const row = await findMembership(db, organization.id, user.id)
        if (row.status !== 'PENDING_INVITE') {
          throw apiError(Code.FailedPrecondition, 'The user has no invitation that waits for an answer')
        }
        const data = membershipData(row)
        const resent = {
          ...data,
          // A reminder of a valid invitation leaves its expiry as it is.
          expires_at:
            membershipStatus(row, now) === 'PENDING_INVITE'
              ? (data.expires_at ?? now + INVITATION_MS)
              : now + INVITATION_MS,
          resent_at: now,
          resent_count: data.resent_count + 1,
        }
        await db
          .updateTable('memberships')
          .set({ data: JSON.stringify(resent), updated_at: now })
          .where('organization_id', '=', organization.id)
          .where('user_id', '=', user.id)
          .execute()
        const invite = {
          organizationId: organization.id,
          userId: user.id,
          status: 'PENDING_INVITE',
          createdAt: timestampFromMs(row.created_at),
          expiresAt: timestampFromMs(resent.expires_at),
          resentAt: timestampFromMs(now),
          resentCount: resent.resent_count,
          ...(data.inviter_email !== undefined && { inviterEmail: data.inviter_email }),
        }
        return { organization, user, invite }
      })
      await sendInvitation(store, sent.organization, sent.user)
      return { invite: sent.invite }
    },
  }
}
