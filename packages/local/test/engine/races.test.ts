import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Child, startChild } from './child.js'
import { RACES, raceRedemptions } from './race.js'

let data = ''
let children: Child[] = []
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'local-races-'))
  // At the same moment, on a directory that is empty: one of them makes the tables, the keys and the seed.
  children = await Promise.all([startChild({ data }), startChild({ data })])
})
afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()))
  await rm(data, { recursive: true })
})

it(`two processes on one libsql file: exactly one redemption wins, ${RACES} times of ${RACES}`, {
  timeout: 120_000,
}, async () => {
  const [one, two] = children
  expect(one).toBeDefined()
  await raceRedemptions([one?.url ?? '', two?.url ?? ''])
})
