import { once } from 'node:events'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { freePort, run, startDev, startLocalProgram, untilReady } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'

test('SIGHUP does not end serve: it reopens files and answers further requests', async () => {
  const port = await freePort()
  const local = await createLocalScalekit({ port: 0, memory: true })
  const child = run(['serve'], {
    ...localEnvironment(local, `http://localhost:${port}/mcp`),
    PORT: String(port),
    AUDIT_FILE: 'none',
  })
  const ended = once(child, 'close')
  let log = ''
  child.stderr?.on('data', (text: Buffer) => {
    log += text
  })
  await untilReady(`http://localhost:${port}/ready`, child, () => log)
  for (let signals = 1; signals <= 2; signals++) {
    child.kill('SIGHUP')
    await expect.poll(() => log.split('reopening files').length - 1).toBe(signals)
  }
  expect((await fetch(`http://localhost:${port}/health`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  await local.close()
})

// Their terminal was closed.
test('SIGHUP stops local and dev in order', async () => {
  const local = await startLocalProgram(['--memory'])
  expect(await local.stop('SIGHUP')).toBe(0)
  const dev = await startDev()
  expect(await dev.stop('SIGHUP')).toBe(0)
})
