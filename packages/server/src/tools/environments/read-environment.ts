import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import { toEnvironment } from './environment.js'

/** @throws ToolError `not_found` */
export async function readEnvironment(scalekit: ToolContext['scalekit'], id: string) {
  const { environment } = await scalekit.environments().getEnvironment({ id })
  if (!environment) throw new ToolError('not_found', 'Scalekit has no such environment.')
  return toEnvironment(environment)
}
