import type { directories } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'

/** Which directory: one is only found in its own organization. */
export type WhichDirectory = Record<'environmentId' | 'organizationId' | 'directoryId', string>

/** @throws ToolError `not_found` */
export async function readDirectory(
  scalekit: ToolContext['scalekit'],
  { environmentId, organizationId, directoryId }: WhichDirectory,
): Promise<directories.Directory> {
  const { directory } = await scalekit
    .directories(environmentId)
    .getDirectory({ organizationId, id: directoryId })
  if (!directory) throw new ToolError('not_found', 'Scalekit has no such directory.')
  return directory
}
