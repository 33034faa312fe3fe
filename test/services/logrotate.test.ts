import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { auditPlace } from '../../packages/server/test/audit-records.js'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { startServerUnderTest } from '../../packages/server/test/server-under-test.js'
import { runToEnd } from '../harness/program.js'

/** Debian's logrotate, with the recipe of the documentation. */
test('the recipe for logrotate keeps one chain, which can be checked over all files', async () => {
  const documentation = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8')
  const [, recipe = ''] = /```logrotate\n(.*?)```/s.exec(documentation) ?? []
  const place = await auditPlace()
  const folder = dirname(place.file)
  const config = join(folder, 'logrotate.conf')
  await writeFile(config, recipe.replace('/var/lib/scalekit-mcp/audit', folder), { mode: 0o600 })
  const rotate = () =>
    execFileSync('logrotate', ['--force', '--state', join(folder, 'state'), config], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    })

  const server = await startServerUnderTest({ AUDIT_FILE: place.file })
  try {
    const token = await server.token()
    const write = async (name: string) => {
      const args = { environmentId: 'env_100000000000000001', name }
      expect(toolErrorOf(await postCall(server.url, token, 'create_organization', args))).toBeUndefined()
    }
    await write('First')
    rotate()
    await write('Second')
    rotate()
    await write('Third')
  } finally {
    await server.close()
  }

  expect(await readdir(folder)).toEqual(
    expect.arrayContaining(['audit.jsonl', 'audit.jsonl.1', 'audit.jsonl.2.gz']),
  )
  execFileSync('gunzip', [`${place.file}.2.gz`])
  const files = [`${place.file}.2`, `${place.file}.1`, place.file]
  const { code, stdout } = await runToEnd(['audit', 'verify', ...files])
  expect(stdout.match(/unchanged/g)).toHaveLength(3)
  expect(code).toBe(0)
})
