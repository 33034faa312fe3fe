import { askQuietly } from './ask.js'
import { type Finding, failed, ok } from './finding.js'
import { message } from './message.js'
import type { Walk } from './walk.js'

/** In environment mode the server also checks whether the user of a valid token administers the environment. */
export async function checkAdministrator(walk: Walk): Promise<Finding[]> {
  if (walk.token === undefined) return []
  const answer = await askQuietly(walk.url, message('2026-07-28', 'tools/list', {}, walk.token))
  if (answer?.status === 200) return [ok('administrator', 'the server accepts the user of the token')]
  if (answer?.status !== 403 || answer.json?.error !== 'not_an_administrator') return []
  walk.refusedPerson = true
  const { subject, variable } = answer.json
  return [
    failed(
      'administrator',
      `${String(subject)} does not administer this environment (${String(variable)} of the server decides)`,
      'sign in as an administrator, or ask the operator of the server for the organization, role or permission that the variable requires',
    ),
  ]
}
