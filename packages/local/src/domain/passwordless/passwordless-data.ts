import { randomBytes, randomInt } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { newId } from '../../storage/ids.js'
import type { PasswordlessRequestRow } from '../../storage/registry-schema.js'
import type { EnvironmentRow, Schema } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { connectionData } from '../connections/connection-data.js'
import { failedPrecondition } from '../domain-error.js'
import { environmentType } from '../environments/environment-type.js'

/** How a person proves an address: with a code, a link, or either. */
export type PasswordlessKind = 'OTP' | 'LINK' | 'LINK_OTP'

/** How often a code may be guessed wrongly. */
const MAX_ATTEMPTS = 5
/** The code of test users. Source: Scalekit's documentation of testing. */
const TEST_CODE = '424242'

/** What a request has beside its columns: what its answer and its repetition need. */
export const PasswordlessData = z.object({
  kind: z.enum(['OTP', 'LINK', 'LINK_OTP']),
  template: z.number().default(0),
  state: z.string().optional(),
  magiclink_auth_uri: z.string().optional(),
  expires_in: z.number(),
  template_variables: z.record(z.string(), z.string()).optional(),
})
export type PasswordlessData = z.infer<typeof PasswordlessData>

/**
 * The way that the environment's connection for passwordless sign-in asks for.
 * @throws {DomainError} `failed_precondition` when there is none that is enabled
 */
export async function passwordlessKind(db: Kysely<Schema>, environment: string): Promise<PasswordlessKind> {
  const row = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .where('type', '=', 'PASSWORDLESS')
    .where('enabled', '=', 1)
    .executeTakeFirst()
  if (!row) {
    throw failedPrecondition('The environment has no passwordless connection that is enabled')
  }
  return PasswordlessData.shape.kind.catch('LINK_OTP').parse(connectionData(row).settings.type)
}

export interface NewRequest {
  readonly row: PasswordlessRequestRow
  readonly code: string | undefined
  readonly link: string | undefined
}

/** A new code and link, and what is stored: their hashes. */
export function newPasswordlessRequest(
  environment: { readonly id: string; readonly type: EnvironmentRow['type'] },
  email: string,
  data: PasswordlessData,
  now: number,
): NewRequest {
  const id = newId('areq')
  const number = isTestAddress(environment.type, email)
    ? TEST_CODE
    : String(randomInt(1_000_000)).padStart(6, '0')
  const code = data.kind === 'LINK' ? undefined : number
  const token = data.kind === 'OTP' ? undefined : randomBytes(32).toString('base64url')
  const row: PasswordlessRequestRow = {
    id,
    environment_id: environment.id,
    email,
    code_hash: code === undefined ? null : codeHash(id, code),
    link_hash: token === undefined ? null : hashSecret(token),
    attempts: 0,
    expires_at: now + data.expires_in * 1000,
    data: JSON.stringify(data),
    created_at: now,
    updated_at: now,
  }
  return { row, code, link: token === undefined ? undefined : linkTo(data.magiclink_auth_uri, token) }
}

/** Whether an address is one of a user for tests, whose code is always the same. Only DEV environments have them. */
export async function isTestUser(db: Kysely<Schema>, environment: string, email: string): Promise<boolean> {
  return isTestAddress(await environmentType(db, environment), email)
}

function isTestAddress(type: EnvironmentRow['type'], email: string): boolean {
  return type === 'DEV' && /\+sktest[^@]*@/i.test(email)
}

/**
 * Redeems a code or a link, once: a single DELETE decides, so that of two at the same moment one succeeds.
 * A code that is guessed wrongly too often counts no more.
 */
export async function redeem(
  db: Kysely<Schema>,
  environment: string,
  now: number,
  credential: { readonly code: string; readonly id: string } | { readonly link: string; readonly id: string },
): Promise<PasswordlessRequestRow | undefined> {
  const { id } = credential
  const match =
    'link' in credential
      ? (['link_hash', hashSecret(credential.link)] as const)
      : (['code_hash', codeHash(id, credential.code)] as const)
  let query = db
    .deleteFrom('passwordless_requests')
    .where('environment_id', '=', environment)
    .where(match[0], '=', match[1])
    .where('expires_at', '>', now)
    .where('attempts', '<', MAX_ATTEMPTS)
  if (id) query = query.where('id', '=', id)
  const row = await query.returningAll().executeTakeFirst()
  if (!row && id) {
    await db
      .updateTable('passwordless_requests')
      .set(({ eb }) => ({ attempts: eb('attempts', '+', 1) }))
      .where('environment_id', '=', environment)
      .where('id', '=', id)
      .execute()
  }
  return row
}

/** The request with an id that waits for its code or link. */
export function waitingRequest(
  db: Kysely<Schema>,
  environment: string,
  now: number,
  id: string,
): Promise<PasswordlessRequestRow | undefined> {
  return db
    .selectFrom('passwordless_requests')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst()
}

/** Whether the code of a request was guessed wrongly too often: only a new request helps. */
export async function isSpent(db: Kysely<Schema>, environment: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('passwordless_requests')
    .select('attempts')
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined && row.attempts >= MAX_ATTEMPTS
}

/** A code has six digits: hashed by itself, it would be found in a table of a million. */
function codeHash(id: string, code: string): string {
  return hashSecret(`${id}\n${code}`)
}

function linkTo(uri: string | undefined, token: string): string {
  const url = new URL(uri ?? '')
  url.searchParams.set('link_token', token)
  return url.href
}
