import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Libsql from 'libsql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../src/storage/database.js'
import { type Child, startChild } from './child.js'
import { raceRedemptions } from './race.js'

let data = ''
let child: Child
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'local-races-'))
  child = await startChild({ data })
})
afterAll(async () => {
  await child?.kill()
  await rm(data, { recursive: true })
})

// A hundred times, on PostgreSQL: `npm run test:services`.
it('two requests on one libsql file: exactly one redemption wins, 20 times of 20', () =>
  raceRedemptions([child.url, child.url], 20))

it('a process that finds a new file in the hands of another waits until it may have it', async () => {
  const file = join(data, 'contended.db')
  const other = new Libsql(file)
  other.exec('create table already_here (id integer)')
  other.exec('begin immediate')
  const opened = openDatabase({ file })
  await new Promise((resolve) => setTimeout(resolve, 100))
  other.exec('commit')
  const database = await opened
  expect(await database.db.selectFrom('organizations').select('id').execute()).toEqual([])
  await database.close()
  other.close()
})
