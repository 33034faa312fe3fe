import type { OrganizationRow, UserRow } from '../../storage/schema.js'
import { applicationsIn } from '../clients/callbacks.js'
import { realmIssuer } from '../environments/realm.js'
import type { Store } from '../store.js'
import { invitationLinks } from './invitation-links.js'
import { findMembership, membershipData } from './user-data.js'

/**
 * Sends the e-mail that invites a user, when the change that invites them is made. Its link proves the mailbox and leads to
 * where the application begins a sign-in, which accepts the invitation.
 */
export async function sendInvitation(
  store: Store,
  organization: Pick<OrganizationRow, 'id' | 'environment_id' | 'display_name'>,
  user: Pick<UserRow, 'id' | 'email'>,
): Promise<void> {
  const { id, environment_id: environment, display_name } = organization
  const { expires_at = store.clock.now() } = membershipData(
    await findMembership(store.database.db, id, user.id),
  )
  const token = await invitationLinks(store, environment).create(
    { organization: id, user: user.id },
    expires_at,
  )
  const link = `${realmIssuer(store.baseUrl, environment)}/invitation?token=${token}`
  await store.outbox.put({
    kind: 'email',
    environment,
    to: user.email,
    subject: `Invitation to ${display_name}`,
    text: [
      `You are invited to ${display_name}.`,
      `Accept the invitation: ${link}`,
      `The invitation expires on ${new Date(expires_at).toUTCString()}.`,
    ].join('\n'),
    link,
  })
}

/** Where an application of the environment begins a sign-in for an organization, if one has said so. */
export async function initiateLoginUri(
  { database }: Store,
  environment: string,
  organization: string | null,
): Promise<string | undefined> {
  const clients = await applicationsIn(database.db, environment, organization)
  return clients.map(({ initiate_login_uri }) => initiate_login_uri).find(Boolean)
}
