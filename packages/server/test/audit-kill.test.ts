import { expect, test } from 'vitest'
import { killDuringWrites } from '../../../test/harness/kill-during-write.js'

test('a server that is killed in the middle of a write leaves its intent, and the next one goes on', async () => {
  expect(await killDuringWrites(3)).toEqual({ reached: 3, wrong: 0, problem: undefined })
})
