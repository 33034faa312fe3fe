import { expect, test } from 'vitest'
import { fuzzMessages } from './message-fuzz.js'
import { fuzzTools } from './tool-fuzz.js'

// The long forms are `npm run test:long`.

test('no generated message of 1,000 makes the server fail', async () => {
  const { served, wrong } = await fuzzMessages(1_000)
  expect(wrong).toEqual([])
  expect(served).toBeGreaterThan(150)
})

test('no generated arguments, 10 for each tool, make a tool fail or ask the API for something else', async () => {
  const { reachedApi, wrong } = await fuzzTools(10)
  expect(wrong).toEqual([])
  expect(reachedApi).toBeGreaterThan(50)
})
