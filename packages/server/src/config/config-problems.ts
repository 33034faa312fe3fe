import { unusableUrls } from './config-urls.js'
import type { Values } from './config-variables.js'

/** Which API to call, and as whom: the one thing that has no default. */
export function missingUpstream(values: Record<string, string>): string[] {
  const problems: string[] = []
  if (values.SCALEKIT_ENV_URL && values.SCALEKIT_WORKSPACE_URL) {
    problems.push('SCALEKIT_ENV_URL and SCALEKIT_WORKSPACE_URL: set one of them, not both.')
  }
  if (!values.SCALEKIT_ENV_URL && !values.SCALEKIT_WORKSPACE_URL) {
    problems.push(
      'SCALEKIT_ENV_URL (or SK_ENV_URL) is missing: set it to the URL of your environment, like https://acme.scalekit.com. To manage a whole workspace, set SCALEKIT_WORKSPACE_URL instead.',
    )
  }
  if (!values.SCALEKIT_CLIENT_ID) {
    problems.push('SCALEKIT_CLIENT_ID (or SK_CLIENT_ID) is missing: set it to the client id, like skc_….')
  }
  if (!values.SCALEKIT_CLIENT_SECRET) {
    problems.push('SCALEKIT_CLIENT_SECRET (or SK_CLIENT_SECRET) is missing: set it to the client secret.')
  }
  return problems
}

export const issuerOf = ({ MCP_SERVER_ID }: Values, base: string) =>
  MCP_SERVER_ID && `${base}/resources/${MCP_SERVER_ID}`

export const resourceOf = ({ EXPECTED_AUDIENCE, PORT }: Values) =>
  EXPECTED_AUDIENCE ?? new URL(`http://localhost:${PORT}/mcp`).href

/** What each variable allows alone but not together with the others. */
export function inconsistent(values: Values): string[] {
  const metadata = values.PROTECTED_RESOURCE_METADATA
  const problems = unusableUrls(values)
  if (metadata && metadata.resource !== resourceOf(values)) {
    problems.push(
      `EXPECTED_AUDIENCE: must equal "resource" of PROTECTED_RESOURCE_METADATA (${metadata.resource}), because clients ask for a token for the one and this server accepts the other.`,
    )
  }
  const id = values.MCP_SERVER_ID
  // Not the whole URL: the API and the authorization server may be reached under different hosts.
  if (metadata && id && !metadata.authorization_servers.some((each) => each.endsWith(`/resources/${id}`))) {
    problems.push(
      `MCP_SERVER_ID: the authorization server of ${id} ends in /resources/${id}, and PROTECTED_RESOURCE_METADATA names ${metadata.authorization_servers.join(', ')}. Correct one of them, or unset MCP_SERVER_ID.`,
    )
  }
  if (values.REDIS_URL && !values.STATE_KEY) {
    problems.push(
      'STATE_KEY is missing: with REDIS_URL set it to the same 32 or more random characters on every replica, because one replica opens what another has sealed.',
    )
  }
  return problems
}
