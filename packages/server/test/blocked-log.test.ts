import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, run, untilReady } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'

test('SIGTERM ends a server whose log nobody reads', async () => {
  const port = await freePort()
  const local = await createLocalScalekit({ port: 0, memory: true })
  // A pipe to this process that is never read holds 64 KB, and this side takes as much again.
  const child = run(['serve'], {
    ...localEnvironment(local, `http://localhost:${port}/mcp`),
    PORT: String(port),
    AUDIT_FILE: 'none',
  })
  const exited = once(child, 'exit')
  try {
    await untilReady(`http://localhost:${port}/ready`, child, () => '')
    for (let sent = 0; sent < 1_500; sent += 50) {
      const calls = Array.from({ length: 50 }, () =>
        fetch(`http://localhost:${port}/mcp`, { method: 'POST' }),
      )
      await Promise.all(calls.map(async (call) => (await call).arrayBuffer()))
    }
    child.kill('SIGTERM')
    const [code, signal] = await exited
    expect({ code, signal }).toEqual({ code: 0, signal: null })
  } finally {
    child.kill('SIGKILL')
    await local.close()
  }
})

test('lines that a stopped reader does not take are dropped and counted, and it learns how many', async () => {
  const LINES = 50_000
  const script = `
    import { createLog } from ${JSON.stringify(fileURLToPath(new URL('../dist/observe/log.js', import.meta.url)))}
    const log = createLog('info')
    for (let n = 0; n < ${LINES}; n++) log.info({ n, text: 'x'.repeat(200) }, 'line')
    process.send(process.memoryUsage().rss)
    process.once('message', () => process.exit(0))
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close')
  await once(child, 'message')
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await expect.poll(() => text.includes('dropped')).toBe(true)
  child.send('end')
  const [code] = await closed
  expect(code).toBe(0)
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  // What was dropped is told where it is missing: lines that were still being gathered then come after it.
  const told = lines.findIndex(({ level }) => level === 'warn')
  expect(lines[told]).toMatchObject({ msg: 'log lines were dropped because stderr was not read' })
  const dropped = Number(lines[told]?.dropped)
  expect(lines.length - 1 + dropped).toBe(LINES)
  lines.splice(told, 1)
  expect(lines.map(({ n }) => n)).toEqual(lines.map((_, index) => (index < told ? index : index + dropped)))
  expect(text.length).toBeLessThan(3 * 1024 * 1024)
})
