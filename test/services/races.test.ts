import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { introspect, postForm, signIn } from '../../packages/local/test/oauth/authorization-code.js'
import { type Child, startChild } from '../../packages/local/test/storage/child.js'
import { raceRedemptions } from '../../packages/local/test/storage/race.js'
import { type Postgres, startPostgres } from './postgres.js'

/** `RACES=20` is the short form. */
const RACES = Number(process.env.RACES ?? 100)

let postgres: Postgres
let children: Child[] = []
beforeAll(async () => {
  postgres = await startPostgres()
  // At the same moment, on a database that is empty: one of them makes the tables, the keys and the seed.
  children = await Promise.all([
    startChild({ databaseUrl: postgres.url }),
    startChild({ databaseUrl: postgres.url }),
  ])
})
afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()))
  await postgres?.stop()
})

describe('two local environments on one PostgreSQL', () => {
  it(`let exactly one redemption win, ${RACES} times of ${RACES}`, async () => {
    const [one, two] = children
    await raceRedemptions([one?.url ?? '', two?.url ?? ''], RACES)
  })

  it('share what is revoked', async () => {
    const [one, two] = children
    const { issuer, client_id, tokens } = await signIn(one?.url ?? '')
    await postForm(`${issuer}/oauth/revoke`, { client_id, token: tokens.refresh_token })
    const again = await postForm(`${issuer.replace(one?.url ?? '', two?.url ?? '')}/oauth/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    })
    expect(again.status).toBe(400)
    expect(await introspect(one?.url ?? '', tokens.access_token)).toEqual({ active: false })
  })
})
