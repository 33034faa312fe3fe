import { expect, test } from 'vitest'
import { interleaveCalls, tellSteps } from '../../packages/server/test/interleaved-calls.js'
import { startServerUnderTest } from '../../packages/server/test/server-under-test.js'
import { measure } from '../harness/measure.js'

test('10,000 interleaved calls with progress and equal ids: every report goes to its own call', async () => {
  const server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '1000000' }, [tellSteps])
  try {
    const { sent, wrong } = await interleaveCalls(server, 10_000)
    expect(sent).toBeGreaterThanOrEqual(10_000)
    expect(wrong).toBe(0)
    measure('F2', `${wrong} in ${sent} calls`)
  } finally {
    await server.close()
  }
})
