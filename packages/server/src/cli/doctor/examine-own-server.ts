import { ToolError } from '../../errors.js'
import { TokenRefusal } from '../../scalekit/token-endpoint.js'
import { checkAdministrators, checkRegistered, checkRevocation } from './check-own-server.js'
import { type Check, type Finding, failed, notChecked, ok } from './finding.js'
import { type OwnServer, openOwnServer } from './own-server.js'

/** What only the operator of a server can check: in the folder that configures it, with its credentials. */
export async function examineOwnServer(
  url: string,
  tell: (findings: readonly Finding[]) => void,
): Promise<void> {
  const own = openOwnServer(url)
  if (!own) return
  if ('problems' in own) {
    const text = own.problems.join(' ')
    return tell([failed('configuration', text, 'correct each of them, then start the server again')])
  }
  tell([ok('configuration', `complete, for ${own.config.resource}`)])
  try {
    const credentials = await checkCredentials(own)
    tell(credentials)
    if (credentials.some(({ state }) => state === 'failed')) return
    tell(await unlessFailed('registered', () => checkRegistered(own)))
    tell(await unlessFailed('administrators', () => checkAdministrators(own)))
    tell(await checkRevocation(own))
  } finally {
    await own.close()
  }
}

/** In workspace mode the API is called for a person, and the server's own credentials are used to exchange tokens only. */
async function checkCredentials({ config, scalekit }: OwnServer): Promise<Finding[]> {
  if (config.upstream.mode === 'workspace') return []
  try {
    await scalekit.organizations('').listOrganization({ pageSize: 1 })
    return [ok('credentials', `Scalekit accepts ${config.clientId}`)]
  } catch (error) {
    const refusal = refusalIn(error)
    if (!refusal)
      return [failed('credentials', reasonOf(error), 'check SCALEKIT_ENV_URL, and let this machine reach it')]
    if (refusal.code === '') {
      return [
        failed(
          'credentials',
          `the token endpoint answered with ${refusal.status}, and not as OAuth does`,
          'check SCALEKIT_ENV_URL: it is the URL of a Scalekit environment',
        ),
      ]
    }
    return [
      failed(
        'credentials',
        `Scalekit refuses ${config.clientId} (${refusal.status} ${refusal.code})`,
        'check SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET, and that they belong to SCALEKIT_ENV_URL',
      ),
    ]
  }
}

function refusalIn(error: unknown): TokenRefusal | undefined {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each instanceof TokenRefusal) return each
  return undefined
}

/** A check that the API does not answer decides nothing. */
async function unlessFailed(check: Check, run: () => Promise<Finding[]>): Promise<Finding[]> {
  return run().catch((error: unknown) => [notChecked(check, reasonOf(error))])
}

function reasonOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof ToolError) return each.message
    if ('code' in each && typeof each.code === 'string')
      return `the API of Scalekit did not answer (${each.code})`
  }
  return 'the API of Scalekit did not answer'
}
