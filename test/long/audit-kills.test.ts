import { expect, test } from 'vitest'
import { killDuringWrites } from '../harness/kill-during-write.js'
import { measure } from '../harness/measure.js'

test('100 kills in the middle of a write: every intent is on the disk, and the chain holds', async () => {
  const { reached, wrong, problem } = await killDuringWrites(100)
  expect({ reached, wrong, problem }).toEqual({ reached: 100, wrong: 0, problem: undefined })
  measure('G2', `${wrong} of ${reached}`)
}, 3_600_000)
