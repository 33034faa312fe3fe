import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePort, type LocalProgram, startLocalProgram } from '../harness/program.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

let folder: string
let local: LocalProgram
const running: ChildProcess[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'server-side-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  local = await startLocalProgram(['--memory'])
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill()
})
afterAll(async () => {
  await local?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const environment = () => `${local.url}/env_100000000000000001`

/** The guide's blocks in a language, with the addresses of this test. */
function blocks(guide: string, language: string, port: number): string[] {
  const text = readFileSync(join(root, 'docs/guides', guide), 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 'gs'))].map(([, block = '']) =>
    block.replaceAll('http://localhost:8787', local.url).replaceAll('localhost:4000', `localhost:${port}`),
  )
}

/** Saves the programs of a guide under the names that their first lines have. */
function save(programs: readonly string[]): void {
  for (const program of programs) {
    const [, name] = /^\/\/ ([\w-]+\.mjs)\n/.exec(program) ?? []
    if (name === undefined) throw new Error(`a program without a name: ${program.slice(0, 40)}`)
    writeFileSync(join(folder, name), program)
  }
}

/** Runs the commands of a guide, in the folder of its programs. */
function run(script: string, port: number): ChildProcess {
  const env = { ...process.env, SCALEKIT_ENVIRONMENT_URL: environment(), PORT: String(port) }
  const child = spawn('bash', ['-euc', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  return child
}

test('the receiver of the guide gets an event, verifies it, and refuses another sender', async () => {
  const port = await freePort()
  save(blocks('webhooks.md', 'js', port))
  const [script = ''] = blocks('webhooks.md', 'sh', port)
  const receiver = run(script.replace('node webhooks.mjs', 'exec node webhooks.mjs'), port)
  const lines = createInterface({ input: receiver.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe(`listening on ${port}`)
  const sdk = new Scalekit(environment(), 'skc_100000000000000001', 'test_local_secret')
  const { organization } = await sdk.organization.createOrganization('Hooli')
  expect((await lines.next()).value).toBe(`organization.created ${organization?.id}`)
  const forged = await fetch(`http://localhost:${port}/webhooks`, { method: 'POST', body: '{"type":"x"}' })
  expect(forged.status).toBe(401)
})

test('the API of the guide answers the machine of a customer, and nobody else', async () => {
  const port = await freePort()
  save(blocks('machine-to-machine.md', 'js', port))
  const [script = ''] = blocks('machine-to-machine.md', 'sh', port)
  const [start = '', ...commands] = script.split('\n')
  const api = run(start.replace('node api.mjs &', 'exec node api.mjs'), port)
  await once(api.stdout as NodeJS.ReadableStream, 'data')
  const { stdout } = await promisify(execFile)('bash', ['-euc', commands.join('\n')], {
    cwd: folder,
    env: { ...process.env, SCALEKIT_ENVIRONMENT_URL: environment() },
  })
  expect(JSON.parse(stdout)).toEqual(JSON.parse(blocks('machine-to-machine.md', 'json', port)[0] ?? ''))
  const stranger = await fetch(`http://localhost:${port}/deployments`, {
    headers: { authorization: 'Bearer nothing' },
  })
  expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
})
