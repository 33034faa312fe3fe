import { type Answer, askQuietly } from './ask.js'
import { type Finding, failed, ok } from './finding.js'
import { message } from './message.js'
import type { Walk } from './walk.js'

/** In environment mode the server also checks whether the user of a valid token administers the environment. */
export async function checkAdministrator(walk: Walk): Promise<Finding[]> {
  if (walk.token === undefined) return []
  const answer = await askQuietly(walk.url, message('2026-07-28', 'tools/list', {}, walk.token))
  if (answer?.status === 200) return [ok('administrator', 'the server accepts the user of the token')]
  const refusal = answer && refusedPerson(walk, answer)
  return refusal ? [refusal] : []
}

/** The finding for an answer that refuses the user of the token as no administrator. Later checks leave that user out. */
export function refusedPerson(walk: Walk, { status, json }: Answer): Finding | undefined {
  if (status !== 403 || json?.error !== 'not_an_administrator') return undefined
  walk.refusedPerson = true
  return failed(
    'administrator',
    `${String(json.subject)} does not administer this environment (${String(json.variable)} of the server decides)`,
    'sign in as an administrator, or ask the operator of the server for the organization, role or permission that the variable requires',
  )
}
