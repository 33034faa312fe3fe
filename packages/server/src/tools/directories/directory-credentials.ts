import type { directories } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { Revealed } from '../../tool.js'

/**
 * What a person pastes at the identity provider, which then fills the directory over SCIM.
 *
 * @throws ToolError `internal` where the API did not show the token
 */
export function revealDirectory(directory: directories.Directory, token: string): Revealed[] {
  if (!token) throw new ToolError('internal', 'Scalekit did not return the token.')
  return [
    { label: 'SCIM endpoint (base URL)', value: directory.directoryEndpoint },
    { label: 'Bearer token', value: token },
  ]
}
