import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { addresses, clientPlaces } from '../../config/config.js'
import { UsageError } from '../exit.js'
import { isServerUrl } from '../server-url.js'
import { type Change, isChange, plan } from './change.js'
import type { Places } from './client.js'
import { clients } from './clients.js'
import { describeChange } from './describe-change.js'
import { type FoundClient, fileOf, findClients } from './find-clients.js'
import { FormatError } from './format.js'
import { explainAccess, serverFor, wantedScopes } from './wanted-access.js'
import { writeChanges } from './write-changes.js'

export interface InitOptions {
  readonly url?: string
  readonly client?: readonly string[]
  readonly write?: true
  readonly scopes?: string
  readonly remove?: true
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

/** `scalekit-mcp init`: puts this server into the clients that are installed, or takes it out again. */
export async function init(options: InitOptions): Promise<void> {
  const url = serverUrl(options.url ?? addresses().server)
  const scopes = wantedScopes(options, url)
  const places = { home: homedir(), platform: process.platform, ...clientPlaces() }
  const found = await choose(options.client, places)
  const changes: Change[] = []
  for (const each of found) {
    const server = options.remove ? undefined : serverFor(each.client, url, scopes)
    changes.push(await plan(each, server, places).catch(refuse))
  }
  const wanted = withoutTwins(changes.filter(isChange))
  if (!options.json) {
    process.stdout.write(`${changes.map(describeChange).join('\n')}\n`)
    if (scopes)
      process.stdout.write(
        `${explainAccess(
          found.map(({ client }) => client),
          scopes,
        )}\n`,
      )
  }
  const write = wanted.length > 0 && !options.dryRun && (options.yes === true || (await agreed(options)))
  if (write) await writeChanges(wanted)
  process.stdout.write(options.json ? asJson(changes, write) : outcome(wanted, write, options))
}

/**
 * Links may lead two clients to one file.
 *
 * @throws UsageError where they need different texts in it
 */
function withoutTwins(changes: readonly Change[]): Change[] {
  return changes.filter((change, index) => {
    const twin = changes.slice(0, index).find(({ target }) => target.path === change.target.path)
    if (twin && twin.after?.text !== change.after?.text) {
      throw new UsageError(
        `${twin.client.title} and ${change.client.title} have one file, ${change.target.path}, and need different entries in it: choose one with --client.`,
      )
    }
    return twin === undefined
  })
}

function serverUrl(text: string): string {
  if (!isServerUrl(text)) {
    throw new UsageError('--url: give the URL of the MCP server, like http://localhost:3002/mcp.')
  }
  return text
}

async function choose(names: readonly string[] | undefined, places: Places): Promise<FoundClient[]> {
  if (!names) {
    const found = await findClients(places)
    if (found.length > 0) return found
    throw new UsageError(
      `No MCP client was found. Name one: --client ${clients.map(({ id }) => id).join(', ')}.`,
    )
  }
  return Promise.all(
    [...new Set(names)].map(async (name) => {
      const client = clients.find(({ id }) => id === name)
      if (!client) throw new UsageError(`--client: choose from ${clients.map(({ id }) => id).join(', ')}.`)
      return { client, file: await fileOf(client, places) }
    }),
  )
}

/** One file that cannot be read or written stops all: nothing is written. */
function refuse(error: unknown): never {
  if (error instanceof FormatError) throw new UsageError(error.message, { cause: error })
  throw error
}

async function agreed({ json }: InitOptions): Promise<boolean> {
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UsageError(
      'Nothing was written: there is nobody to ask here. Add --yes, or --dry-run to look only.',
    )
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await prompt.question('Write this? [y/N] ').catch(noAnswer)
  prompt.close()
  return /^y(es)?$/i.test(answer.trim())
}

/** Ctrl-C and Ctrl-D. */
function noAnswer(error: Error): string {
  if (error.name !== 'AbortError') throw error
  process.stdout.write('\n')
  return ''
}

function outcome(wanted: readonly Change[], written: boolean, { remove }: InitOptions): string {
  if (wanted.length === 0) return 'Everything is as it should be.\n'
  if (!written) return 'Nothing was written.\n'
  if (remove) return 'Done.\n'
  const width = Math.max(...wanted.map(({ client }) => client.title.length))
  const steps = wanted.map(({ client }) => `  ${client.title.padEnd(width)}  ${client.next}\n`)
  return `Done. Each file that existed has a copy next to it, *.before-scalekit. Next:\n${steps.join('')}`
}

function asJson(changes: readonly Change[], written: boolean): string {
  const clients = changes.map((change) => ({
    client: change.client.id,
    file: change.file,
    change: kindOf(change),
    written: written && isChange(change),
  }))
  return `${JSON.stringify({ clients }, null, 2)}\n`
}

function kindOf(change: Change): 'none' | 'create' | 'delete' | 'edit' {
  if (!isChange(change)) return 'none'
  if (!change.before) return 'create'
  return change.after ? 'edit' : 'delete'
}
