import { DomainError } from '../../domain/domain-error.js'
import { environmentType } from '../../domain/environments/environment-type.js'
import { realmIssuer, WORKSPACE } from '../../domain/environments/realm.js'
import {
  newPasswordlessRequest,
  PasswordlessData,
  type PasswordlessKind,
  passwordlessKind,
  redeem,
  waitingRequest,
} from '../../domain/passwordless/passwordless-data.js'
import type { OAuthContext } from '../server/oauth-context.js'

const LIFETIME_SECONDS = 300

/** How people can prove an e-mail address in a realm; undefined when they cannot. */
export async function emailSignInKind(
  context: OAuthContext,
  realm: string,
): Promise<PasswordlessKind | undefined> {
  if (realm === WORKSPACE) return undefined
  try {
    return await passwordlessKind(context.database.db, realm)
  } catch (refusal) {
    // No passwordless connection is enabled.
    if (refusal instanceof DomainError) return undefined
    throw refusal
  }
}

/** Sends a code, a link or both for one sign-in, into the outbox, and gives the id that goes with the code. */
export async function sendSignInEmail(
  { database, clock, outbox, baseUrl }: OAuthContext,
  environment: string,
  { uid, email, kind }: { uid: string; email: string; kind: PasswordlessKind },
): Promise<string> {
  const type = await environmentType(database.db, environment)
  const data = PasswordlessData.parse({
    kind,
    state: uid,
    magiclink_auth_uri: `${realmIssuer(baseUrl, environment)}/interaction/${uid}/link`,
    expires_in: LIFETIME_SECONDS,
  })
  const { row, code, link } = newPasswordlessRequest({ id: environment, type }, email, data, clock.now())
  await database.db.insertInto('passwordless_requests').values(row).execute()
  await outbox.put({
    kind: 'email',
    environment,
    to: email,
    subject: 'Sign in',
    text: [code && `Your code is ${code}.`, link && `Open ${link}`].filter(Boolean).join('\n'),
    ...(code === undefined ? {} : { code }),
    ...(link === undefined ? {} : { link }),
  })
  return row.id
}

/** To whom an e-mail went, and with what. */
export interface SentEmail {
  email: string
  kind: PasswordlessKind
}

/** The e-mail of a sign-in that waits for its code or link. */
export async function sentSignInEmail(
  { database, clock }: OAuthContext,
  environment: string,
  uid: string,
  id: string,
): Promise<SentEmail | undefined> {
  const row = await waitingRequest(database.db, environment, clock.now(), id)
  if (row === undefined) return undefined
  const { state, kind } = PasswordlessData.parse(JSON.parse(row.data))
  return state === uid ? { email: row.email, kind } : undefined
}

/** The e-mail address that a code or a link proves, for the sign-in that it was sent for. Each counts once. */
export async function redeemSignInEmail(
  { database, clock }: OAuthContext,
  environment: string,
  uid: string,
  credential: { code: string; id: string } | { link: string; id: string },
): Promise<string | undefined> {
  const row = await redeem(database.db, environment, clock.now(), credential)
  if (row === undefined) return undefined
  return PasswordlessData.parse(JSON.parse(row.data)).state === uid ? row.email : undefined
}
