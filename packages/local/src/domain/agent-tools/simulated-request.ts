import type { z } from 'zod'
import { hashSecret, secretMatches } from '../../storage/secret-hash.js'
import {
  accountsOf,
  connectedAccountData,
  type NamedAccount,
  withConnection,
} from '../connected-accounts/connected-account-data.js'
import { credentialHeaders, isUsable } from '../connected-accounts/credentials.js'
import type { DataStore } from '../store.js'
import type { SimulatedRequest } from './connector.js'
import { fillAnswer } from './fill-answer.js'

type Json = z.core.util.JSONType

/** A request to the API of a simulated provider. */
export interface ApiRequest {
  readonly method: string
  /** Starts with a slash, without the query. */
  readonly path: string
  readonly query: Json
  readonly body: Json
}

/** Fills in the answer of the first entry whose method and path match. */
export function answerRequest(
  requests: readonly SimulatedRequest[],
  { method, path, query, body }: ApiRequest,
  { id: connected_account_id, identifier }: NamedAccount,
  now: number,
): { status: number; body: unknown } | undefined {
  for (const request of requests) {
    const names = request.method === method ? matchPath(request.path, path) : undefined
    if (names === undefined) continue
    const about = { identifier, connected_account_id, now: new Date(now).toISOString() }
    return {
      status: request.status,
      body: fillAnswer(request.answer, { ...about, path: names, query, body }),
    }
  }
  return undefined
}

/** The values of the named segments, or undefined if the path does not match. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const names: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const [, name] = /^\{(\w+)\}$/.exec(segment) ?? []
    const value = given[index] ?? ''
    if (name === undefined ? segment !== value : value === '') return undefined
    if (name !== undefined) names[name] = value
  }
  return names
}

/** Finds the account whose credentials a request has, as a provider does. */
export async function accountWithCredentials(
  { database: { db } }: DataStore,
  environment: string,
  connection: string,
  sent: (header: string) => string | undefined,
): Promise<NamedAccount | undefined> {
  const accounts = await withConnection(accountsOf(db, environment))
    .where('connected_accounts.connection_id', '=', connection)
    .orderBy('connected_accounts.id')
    .execute()
  return accounts
    .filter((account) => isUsable(connectedAccountData(account).details))
    .find((account) => {
      const headers = Object.entries(credentialHeaders(account))
      const matches = ([name, value]: [string, string]) =>
        secretMatches(sent(name) ?? '', [hashSecret(value)])
      return headers.length > 0 && headers.every(matches)
    })
}
