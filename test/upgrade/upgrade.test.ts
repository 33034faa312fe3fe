import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { freePort, mintToken, runToEnd } from '../harness/program.js'
import { startRedis } from '../harness/redis.js'
import { buildOlder, newer, type Version } from './versions.js'

/** The version to come from: the first one that could be deployed. */
const FROM = process.env.UPGRADE_FROM ?? '8e0328e'
const environmentId = 'env_100000000000000001'

let older: Version
let remove: () => Promise<void>
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scalekit-upgrade-'))
  const built = await buildOlder(FROM)
  older = built.older
  remove = built.remove
})
afterAll(async () => {
  await remove?.()
  rmSync(folder, { recursive: true, force: true })
})

test('a database of the older version serves the newer one, and the older one again', async () => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const sdk = () => new Scalekit(`${url}/${environmentId}`, 'skc_100000000000000001', 'test_local_secret')
  const keys = async () => (await fetch(`${url}/${environmentId}/keys`)).json()
  const start = (version: Version) =>
    version.start(
      ['local', '--data', join(folder, 'data'), '--port', String(port)],
      {},
      `${url}/__local/health`,
    )

  const first = await start(older)
  const before = await keys()
  const { organization } = await sdk().organization.createOrganization('Made before', {
    externalId: 'before',
  })
  await first.stop()

  const second = await start(newer)
  expect(await keys()).toEqual(before)
  expect((await sdk().organization.getOrganizationByExternalId('before')).organization).toEqual(organization)
  await sdk().organization.createOrganization('Made after', { externalId: 'after' })
  await second.stop()

  const third = await start(older)
  expect(await keys()).toEqual(before)
  for (const externalId of ['before', 'after']) {
    expect((await sdk().organization.getOrganizationByExternalId(externalId)).organization).toMatchObject({
      externalId,
    })
  }
  await third.stop()
})

test('what the older version put into Redis, sealed and audited, the newer one goes on with, and back', async () => {
  const redis = await startRedis()
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const auditFile = join(folder, 'audit.jsonl')
  const env = {
    ...localEnvironment(local, resource),
    PORT: String(port),
    REDIS_URL: redis.url,
    STATE_KEY: 'the-same-key-in-every-version-0123456789',
    AUDIT_FILE: auditFile,
  }
  const start = (version: Version) => version.start(['serve'], env, `http://localhost:${port}/ready`)
  const token = await mintToken(
    { localUrl: local.url },
    { scopes: ['environment:read', 'organization:read', 'organization:write'], resource },
  )
  const call = async (tool: string, args: object) => {
    const posted = await postCall(resource, token, tool, { environmentId, ...args })
    expect(toolErrorOf(posted)).toBeUndefined()
    return posted.message.result?.structuredContent as Record<string, never>
  }
  const [fromOlder, fromNewer] = [randomUUID(), randomUUID()]

  const first = await start(older)
  const created = await call('create_organization', { name: 'Once', idempotencyKey: fromOlder })
  const { nextPageToken } = await call('list_organizations', { pageSize: 2 })
  expect(nextPageToken).toBeTruthy()
  expect(await first.stop()).toBe(0)

  const second = await start(newer)
  expect(await call('create_organization', { name: 'Once', idempotencyKey: fromOlder })).toEqual(created)
  const page = await call('list_organizations', { pageSize: 2, pageToken: nextPageToken })
  expect(page.items).toHaveLength(2)
  const again = await call('create_organization', { name: 'Again', idempotencyKey: fromNewer })
  const { nextPageToken: newerToken } = await call('list_organizations', { pageSize: 2 })
  expect(await second.stop()).toBe(0)

  const third = await start(older)
  expect(await call('create_organization', { name: 'Again', idempotencyKey: fromNewer })).toEqual(again)
  expect((await call('list_organizations', { pageSize: 2, pageToken: newerToken })).items).toHaveLength(2)
  expect(await third.stop()).toBe(0)

  const { code, stdout } = await runToEnd([
    'audit',
    'verify',
    auditFile,
    '--key',
    join(folder, 'audit-key.pem'),
  ])
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('unchanged') })
  await local.close()
  await redis.stop()
})
