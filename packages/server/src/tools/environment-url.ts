import { environments } from '@scalekit-mcp/api'
import { ToolError, toToolError } from '../errors.js'
import type { ToolContext } from '../tool.js'

/**
 * The URL of an environment, under which apps sign people in and get tokens. The API names its domain to members of the
 * workspace only; a server with the credentials of one environment is called by people who signed in there.
 */
export async function environmentUrl(
  {
    scalekit,
    caller,
  }: Pick<ToolContext, 'scalekit'> & { readonly caller: Pick<ToolContext['caller'], 'issuer'> },
  environmentId: string,
): Promise<string> {
  const { protocol } = new URL(caller.issuer)
  return scalekit
    .environments()
    .getEnvironment({ id: environmentId })
    .then(
      ({ environment }) => `${protocol}//${domainOf(environment)}`,
      (refused: unknown) => {
        if (toToolError(refused).code !== 'permission_denied') throw refused
        return caller.issuer.replace(/\/(resources\/[^/]+)?$/, '')
      },
    )
}

function domainOf(environment: environments.Environment | undefined): string {
  if (!environment?.domain)
    throw new ToolError('internal', 'Scalekit did not name the domain of the environment.')
  const { customDomain, customDomainStatus, domain } = environment
  return customDomain && customDomainStatus === environments.CustomDomainStatus.ACTIVE ? customDomain : domain
}
