import type { Kysely } from 'kysely'
import { clientData } from '../../domain/clients/client-data.js'
import type { Schema } from '../../storage/schema.js'
import { type Json, textAt } from '../dashboard-api.js'
import type { Ids, Kind } from '../kinds/kind.js'
import { members, users } from '../kinds/people.js'

/** Links from an object to pages that are no forms: for a person, the sign-in to each web application as that person. */
export async function linksOf(
  db: Kysely<Schema>,
  kind: Kind,
  ids: Ids,
  object: Json,
  baseUrl: string,
): Promise<{ href: string; name: string }[]> {
  if (kind !== users && kind !== members) return []
  const { environment = '', organization } = ids
  const clients = await db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', environment)
    .orderBy('id')
    .execute()
  return clients.flatMap((client) => {
    const {
      name,
      post_login_uris: [callback],
      enforce_pkce,
    } = clientData(client)
    // A public client, and one that requires PKCE, has to start the sign-in itself.
    if (callback === undefined || enforce_pkce || /SPA$|NTV$/.test(client.client_type)) return []
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: client.id, redirect_uri: callback },
      ...{ scope: 'openid profile email', login_hint: textAt(object, 'email'), prompt: 'login' },
      ...(organization !== undefined && { organization_id: organization }),
    })
    return [
      { href: `${baseUrl}/${environment}/oauth/authorize?${query}`, name: `Sign in to ${name || client.id}` },
    ]
  })
}
