import { randomUUID } from 'node:crypto'
import { newId } from '../../storage/ids.js'
import type { LinkRow } from '../../storage/registry-schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import type { DataStore, Store } from '../store.js'

/** How long a link waits to be opened. Source: Scalekit's documentation of portal links. */
const LINK_MS = 60_000

export type LinkSubject =
  | { readonly organization_id: string; readonly connected_account_id: null }
  | { readonly organization_id: null; readonly connected_account_id: string }

/** The end of a link to connect an account, and of one to the admin portal, as with Scalekit. */
export const ACCOUNT_LINK = '_o'
export const PORTAL_LINK = '_p'

/**
 * A new link that signs its holder in once, and what to store of it: everything but its last segment, which
 * is known by its hash only.
 */
export function newLink(
  { clock, baseUrl }: Store,
  environment: string,
  subject: LinkSubject,
  data: Readonly<Record<string, unknown>>,
): { row: LinkRow; location: string } {
  const token = randomUUID() + (subject.organization_id === null ? ACCOUNT_LINK : PORTAL_LINK)
  const now = clock.now()
  const row: LinkRow = {
    id: newId('lnk'),
    environment_id: environment,
    ...subject,
    token_hash: hashSecret(token),
    expires_at: now + LINK_MS,
    redeemed_at: null,
    data: JSON.stringify(data),
    created_at: now,
  }
  return { row, location: `${baseUrl}/${environment}/magicLink/${token}` }
}

/**
 * The organization whose admin portal a link opens, from the last segment of its path; null for an unknown link. The
 * end of the segment, which says what the link is for, may differ or be left out.
 */
export async function organizationOfLink(
  { database }: DataStore,
  environment: string,
  key: string,
): Promise<string | null> {
  const [uuid = ''] = key.split('_', 1)
  const row = await database.db
    .selectFrom('links')
    .select('organization_id')
    .where('environment_id', '=', environment)
    .where('token_hash', '=', hashSecret(uuid + PORTAL_LINK))
    .executeTakeFirst()
  return row?.organization_id ?? null
}

/** Opens a link, once and within a minute: one conditional UPDATE decides. */
export async function redeemLink(
  { database, clock }: DataStore,
  environment: string,
  token: string,
): Promise<LinkRow | undefined> {
  const now = clock.now()
  return database.db
    .updateTable('links')
    .set({ redeemed_at: now })
    .where('environment_id', '=', environment)
    .where('token_hash', '=', hashSecret(token))
    .where('redeemed_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()
}
