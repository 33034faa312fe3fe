import type { OrganizationRow, UserRow } from '../../storage/schema.js'
import { clientData } from '../clients/client-data.js'
import type { Store } from '../store.js'

/**
 * Sends the e-mail that invites a user, when the change that invites them is made. Its link is where the
 * application begins a sign-in, if it has said so.
 */
export async function sendInvitation(
  { database, outbox }: Store,
  organization: Pick<OrganizationRow, 'environment_id' | 'display_name'>,
  user: Pick<UserRow, 'email'>,
): Promise<void> {
  const environment = organization.environment_id
  const clients = await database.db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', environment)
    .orderBy('id')
    .execute()
  const link = clients.map((row) => clientData(row).initiate_login_uri).find(Boolean)
  outbox.put({
    kind: 'email',
    environment,
    to: user.email,
    subject: `Invitation to ${organization.display_name}`,
    text: [`You are invited to ${organization.display_name}.`, link && `Sign in at ${link}`]
      .filter(Boolean)
      .join('\n'),
    ...(link && { link }),
  })
}
