import { z } from 'zod'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import { notFound } from '../domain-error.js'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'
import { AssertedIdentity } from '../users/asserted-identity.js'

const LIFETIME_SECONDS = 24 * 3600

const ConnectionTest = z.object({
  connection: z.string(),
  /** What the identity provider answered. Both are missing until then. */
  identity: AssertedIdentity.optional(),
  refusal: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type ConnectionTest = z.infer<typeof ConnectionTest>

/** Stores the state of a test of a connection, for a day. */
export async function keepConnectionTest(
  store: DataStore,
  environment: string,
  request: string,
  test: ConnectionTest,
): Promise<void> {
  await connectionTests(store, environment).put(request, test, LIFETIME_SECONDS)
}

/** @throws {DomainError} `not_found`, also for the test of another connection */
export async function findConnectionTest(
  store: DataStore,
  { environment_id, id }: ConnectionRow,
  request: string,
): Promise<ConnectionTest> {
  const test = await connectionTests(store, environment_id).get(request)
  if (test?.connection === id) return test
  throw notFound(`The connection ${id} has no test ${JSON.stringify(request)}: results are kept for a day`)
}

/** Stores a test that has no answer yet, as the latest one of its connection. */
export async function beginConnectionTest(
  store: DataStore,
  { environment_id, id }: ConnectionRow,
  request: string,
): Promise<void> {
  await keepConnectionTest(store, environment_id, request, { connection: id })
  await latestTests(store, environment_id).put(id, request, LIFETIME_SECONDS)
}

/** The id of the latest test of a connection; undefined where there is none. */
export function latestConnectionTest(
  store: DataStore,
  { environment_id, id }: ConnectionRow,
): Promise<string | undefined> {
  return latestTests(store, environment_id).get(id)
}

function latestTests(store: DataStore, environment: string) {
  return createTickets(store, environment, 'LatestConnectionTest', z.string())
}

function connectionTests(store: DataStore, environment: string) {
  return createTickets(store, environment, 'ConnectionTest', ConnectionTest)
}
