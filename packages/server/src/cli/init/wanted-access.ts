import { scopes as everyScope, type Scope } from '../../tool.js'
import { UsageError } from '../exit.js'
import { parseScopes } from '../parse-scopes.js'
import type { Client, MoreAccess } from './client.js'
import type { Server } from './format.js'

interface AccessOptions {
  readonly write?: true
  readonly scopes?: string
}

/**
 * The scopes that sign-ins should ask for; undefined where nobody said.
 *
 * @throws UsageError for options that contradict each other or the URL, and for unknown scopes
 */
export function wantedScopes({ write, scopes }: AccessOptions, url: string): readonly Scope[] | undefined {
  if (!write && scopes === undefined) return undefined
  const wanted = scopes === undefined ? everyScope : parseScopes(scopes)
  if (writes(wanted) && new URL(url).searchParams.get('readonly') === 'true') {
    throw new UsageError(
      '--url has readonly=true, which offers no tool that writes: leave it out, or leave out --write and --scopes that write.',
    )
  }
  return wanted
}

/** The server as a client is to connect to it, so that its user gets these scopes. */
export function serverFor(client: Client, url: string, scopes: readonly Scope[] | undefined): Server {
  if (!scopes) return { url }
  if (client.moreAccess === 'scopes') return { url, scopes }
  return { url: client.moreAccess === 'url' && writes(scopes) ? withWriteAccess(url) : url }
}

/** One sentence for each way in which the clients get the scopes, with the clients that it is about. */
export function explainAccess(clients: readonly Client[], scopes: readonly Scope[]): string {
  const sentences: Record<MoreAccess, string> = {
    scopes: `the configuration lists ${scopes.join(' ')}, because the client asks for these at its sign-in.`,
    'step-up': 'the URL stays as it is, because the client asks its user for more when a tool needs it.',
    url: writes(scopes)
      ? 'the URL ends in access=write, because the client may never ask for more than at its first sign-in: that one asks for every scope of the tools.'
      : 'the URL stays as it is, because the first sign-in asks for scopes that read.',
  }
  const ways = Object.entries(sentences) as [MoreAccess, string][]
  return ways
    .map(([way, sentence]) => [clients.filter(({ moreAccess }) => moreAccess === way), sentence] as const)
    .filter(([some]) => some.length > 0)
    .map(([some, sentence]) => `${some.map(({ title }) => title).join(', ')}: ${sentence}\n`)
    .join('')
}

const writes = (scopes: readonly Scope[]) => scopes.some((scope) => scope.endsWith(':write'))

/** As text: a URL that the person wrote keeps its form. */
function withWriteAccess(url: string): string {
  if (new URL(url).searchParams.has('access')) return url
  return `${url}${url.includes('?') ? '&' : '?'}access=write`
}
