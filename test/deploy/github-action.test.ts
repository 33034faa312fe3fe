import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ScalekitClient } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { freePort } from '../harness/program.js'
import { packAll } from '../packages/installed.js'

const action = fileURLToPath(new URL('../../deploy/github-action', import.meta.url))
const { inputs, runs } = parse(readFileSync(join(action, 'action.yml'), 'utf8'))
const [step] = runs.steps

let folder: string
let packages: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'github-action-'))
  packages = Object.values(await packAll(folder)).join(' ')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the step of the action as a runner does, with our packages in place of the registry's. */
async function runStep(own: Record<string, string>) {
  const output = join(folder, 'output')
  writeFileSync(output, '')
  const env = {
    ...process.env,
    RUNNER_TEMP: folder,
    GITHUB_OUTPUT: output,
    GITHUB_ACTION_PATH: action,
    SEED: '',
    PACKAGES: packages,
    ...own,
  }
  const ended = await promisify(execFile)(step.shell, ['-c', step.run], { env }).then(
    () => ({ code: 0, stderr: '' }),
    ({ code, stderr }) => ({ code, stderr }),
  )
  return { ...ended, output: readFileSync(output, 'utf8') }
}

test('the action starts an environment that the official SDK uses, and says where it is', async () => {
  const port = await freePort()
  const { code, stderr, output } = await runStep({ LOCAL_PORT: String(port) })
  expect([code, stderr]).toEqual([0, ''])
  const url = /^url=(.+)$/m.exec(output)?.[1] ?? ''
  const scalekit = new ScalekitClient(
    `${url}/env_100000000000000001`,
    'skc_100000000000000001',
    'test_local_secret',
  )
  const { organizations } = await scalekit.organization.listOrganization({ pageSize: 10 })
  expect(organizations.length).toBeGreaterThan(0)
  process.kill(Number(readFileSync(join(folder, 'scalekit-local/pid'), 'utf8')))
})

test('an environment that cannot start fails the step, with its own words', async () => {
  const { code, stderr, output } = await runStep({
    LOCAL_PORT: String(await freePort()),
    SEED: '/no/such/seed.yaml',
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/did not start:[\s\S]*\/no\/such\/seed\.yaml/)
  expect(output).toBe('')
})

test('another server at its port is not taken for it', async () => {
  const other = createServer((_request, response) => response.end()).listen(0, 'localhost')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { code, stderr } = await runStep({ LOCAL_PORT: String(port) })
  other.close()
  expect([code, stderr]).toEqual([1, expect.stringContaining('give the action another port')])
})

test('its packages are of the version of the repository', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../packages/server/package.json', import.meta.url), 'utf8'),
  )
  expect(inputs.version.default).toBe(version)
  expect(step.env.PACKAGES).toMatch(
    /^scalekit-mcp@\$\{\{ inputs\.version \}\} @scalekit-mcp\/local@\$\{\{ inputs\.version \}\}$/,
  )
})
