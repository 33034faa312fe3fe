import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalScalekit, type LocalOptions } from '../packages/local/dist/index.js'
import { figureOf } from './figures.js'

// How long a test waits for the data of the beginning: a snapshot of the seed is restored, after the test has created an
// organization, in memory and in a folder. Milliseconds, median with minimum and maximum.

const ROUNDS = 50
const ENVIRONMENT = 'env_100000000000000001'

process.stdout.write(`Node ${process.version}\n\n| | start | save | restore |\n|---|---|---|---|\n`)
const folder = mkdtempSync(join(tmpdir(), 'bench-restore-'))
await measure('in memory', { memory: true })
await measure('in a folder', { data: folder })
rmSync(folder, { recursive: true })

async function measure(name: string, options: LocalOptions): Promise<void> {
  const begun = performance.now()
  const local = await createLocalScalekit({ port: 0, ...options })
  const start = performance.now() - begun
  const token = await tokenOf(local.url)
  const save: number[] = []
  const restore: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    save.push(await timed(() => local.snapshots.save('start')))
    await createOrganization(local.url, token)
    restore.push(await timed(() => local.snapshots.restore('start')))
  }
  await local.close()
  process.stdout.write(`| ${name} | ${start.toFixed(0)} | ${text(save)} | ${text(restore)} |\n`)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function text(values: readonly number[]): string {
  const { median, min, max } = figureOf(values)
  return `${median.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)})`
}

async function tokenOf(url: string): Promise<string> {
  const response = await fetch(`${url}/${ENVIRONMENT}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'skc_100000000000000001',
      client_secret: 'test_local_secret',
    }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

async function createOrganization(url: string, token: string): Promise<void> {
  const { status } = await fetch(`${url}/${ENVIRONMENT}/api/v1/organizations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ display_name: 'Created by a test' }),
  })
  if (status !== 201 && status !== 200) throw new Error(`no organization: ${status}`)
}
