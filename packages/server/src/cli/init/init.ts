import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { addresses, clientPlaces } from '../../config/config.js'
import { UsageError } from '../exit.js'
import { type Change, plan } from './change.js'
import { clients } from './clients.js'
import { describeChange } from './describe-change.js'
import { type FoundClient, fileOf, findClients } from './find-clients.js'
import { FormatError } from './format.js'
import { writeChange } from './write-change.js'

export interface InitOptions {
  readonly url?: string
  readonly client?: readonly string[]
  readonly remove?: true
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

/** `scalekit-mcp init`: puts this server into the clients that are installed, or takes it out again. */
export async function init(options: InitOptions): Promise<void> {
  const url = serverUrl(options.url ?? addresses().server)
  const found = await choose(options.client)
  const changes: Change[] = []
  for (const each of found) changes.push(await plan(each, options.remove ? undefined : url).catch(refuse))
  const wanted = changes.filter(({ before, after }) => before !== after)
  if (!options.json) process.stdout.write(`${changes.map(describeChange).join('\n')}\n`)
  const write = wanted.length > 0 && !options.dryRun && (options.yes === true || (await agreed(options)))
  if (write) for (const change of wanted) await writeChange(change)
  process.stdout.write(options.json ? asJson(changes, write) : outcome(wanted, write, options))
}

function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash) {
    throw new UsageError('--url: give the URL of the MCP server, like http://localhost:3002/mcp.')
  }
  return text
}

async function choose(names: readonly string[] | undefined): Promise<FoundClient[]> {
  const places = { home: homedir(), platform: process.platform, ...clientPlaces() }
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

/** One file that cannot be read stops all: nothing is written. */
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
  const answer = await prompt.question('Write this? [y/N] ')
  prompt.close()
  return /^y(es)?$/i.test(answer.trim())
}

function outcome(wanted: readonly Change[], written: boolean, { remove }: InitOptions): string {
  if (wanted.length === 0) return 'Everything is as it should be.\n'
  if (!written) return 'Nothing was written.\n'
  if (remove) return 'Done.\n'
  const width = Math.max(...wanted.map(({ client }) => client.title.length))
  const steps = wanted.map(({ client }) => `  ${client.title.padEnd(width)}  ${client.next}\n`)
  return `Done. What was there before is beside each file, as *.before-scalekit. Next:\n${steps.join('')}`
}

function asJson(changes: readonly Change[], written: boolean): string {
  const clients = changes.map(({ client, file, before, after }) => ({
    client: client.id,
    file,
    change:
      before === after ? 'none' : before === undefined ? 'create' : after === undefined ? 'delete' : 'edit',
    written: written && before !== after,
  }))
  return `${JSON.stringify({ clients }, null, 2)}\n`
}
