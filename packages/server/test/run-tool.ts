import type { Revealed, ToolDefinition } from '../src/tool.js'
import { atPage } from './at-page.js'
import type { ServerUnderTest } from './server-under-test.js'

/** What a tool that creates something for a person answers: the result for the model, and what only the person gets. */
export interface RevealedResult {
  readonly output: Record<string, unknown>
  readonly revealed: readonly Revealed[]
}

/**
 * Calls a tool that creates something for a person, who gets it at the page; the repeated call has the result.
 *
 * @throws Error with the message of a call that failed
 */
export async function runTool(
  server: ServerUnderTest,
  { name }: ToolDefinition,
  args: Record<string, unknown>,
): Promise<RevealedResult> {
  const call = () => server.call('2026-07-28', name, args, { query: '?toolsets=all' })
  const { error } = await call()
  if (error && error.code !== 'person_needed') throw new Error(error.message)
  const { values } = await atPage(error)
  const answer = await call()
  if (!answer.result) throw new Error(answer.error?.message)
  return { output: answer.result, revealed: [...values].map(([label, value]) => ({ label, value })) }
}
