import { expect, test } from 'vitest'
import { fuzzMessages } from '../../packages/server/test/message-fuzz.js'
import { fuzzTools } from '../../packages/server/test/tool-fuzz.js'
import { measure } from '../harness/measure.js'

test('100,000 generated messages', async () => {
  const { sent, served, wrong } = await fuzzMessages(100_000)
  expect(wrong).toEqual([])
  expect(served).toBeGreaterThan(sent / 20)
  measure('B6', `${wrong.length} in ${sent} bodies, ${served} of them served`)
}, 3_600_000)

test('1,000 generated arguments for each tool', async () => {
  const { calls, reachedApi, wrong } = await fuzzTools(1_000)
  expect(wrong).toEqual([])
  expect(reachedApi).toBeGreaterThan(calls / 20)
  measure('C4', `${wrong.length} in ${calls} calls, ${reachedApi} requests to the API`)
}, 3_600_000)
