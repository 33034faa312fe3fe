import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { freePort, mintToken, run, runToEnd, untilReady } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { auditPlace, readRecords } from './audit-records.js'
import { postCall, toolErrorOf } from './post-message.js'

test('SIGHUP continues a renamed file in a new one, and opens a removed one again', async () => {
  const place = await auditPlace()
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const child = run(['serve'], {
    ...localEnvironment(local, resource),
    PORT: String(port),
    AUDIT_FILE: place.file,
  })
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  const ended = once(child, 'close')
  try {
    await untilReady(`http://localhost:${port}/ready`, child, () => log)
    const token = await mintToken(
      { localUrl: local.url },
      { resource, scopes: ['organization:read', 'organization:write'] },
    )
    const write = async (name: string) => {
      const args = { environmentId: 'env_100000000000000001', name }
      return toolErrorOf(await postCall(resource, token, 'create_organization', args))?.code
    }
    const types = async (file: string) => (await readRecords(file).catch(() => [])).map(({ type }) => type)

    expect(await write('Before')).toBeUndefined()
    await rename(place.file, `${place.file}.1`)
    child.kill('SIGHUP')
    await expect.poll(() => types(place.file)).toContain('continued')
    expect((await types(`${place.file}.1`)).at(-1)).toBe('rotated')
    expect(await runToEnd(['audit', 'verify', `${place.file}.1`])).toMatchObject({ code: 0 })

    await rm(place.file)
    expect(await write('Unaudited')).toBe('audit_unavailable')
    child.kill('SIGHUP')
    await expect.poll(() => log).toContain('The audit log can be written again')
    expect(await write('Audited again')).toBeUndefined()
    expect(await types(place.file)).toContain('resumed')
    const verified = await runToEnd(['audit', 'verify', place.file])
    expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining('deletion') })
  } finally {
    child.kill('SIGTERM')
    await ended
    await local.close()
  }
})
