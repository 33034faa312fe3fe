import { parseArgs } from 'node:util'
import { startBehindFaultyApi } from '../../packages/server/test/behind-faulty-api.js'
import { postCall, toolErrorOf } from '../../packages/server/test/post-message.js'
import { killDuringWrites } from '../harness/kill-during-write.js'

// Takes away what the server depends on while it is under load, and gives it back: the API, the authorization server
// with its keys, and the server's own life. Each answer has to be right, or one of our errors with what to do.
// `--rounds 1 --kills 2` is the short form.

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, kills: { type: 'string', default: '20' } },
})
const DEV = 'env_100000000000000001'
const RECOVERY_MS = 6_000

const failures: string[] = []
const check = (isMet: boolean, what: string) => {
  process.stdout.write(`${isMet ? 'ok  ' : 'FAIL'} ${what}\n`)
  if (!isMet) failures.push(what)
}

interface Seen {
  right: number
  refused: number
  readonly wrong: string[]
}

const { server, api, close } = await startBehindFaultyApi((apiUrl) => ({
  JWKS_URI: `${apiUrl}/workspace/keys`,
  INTROSPECTION_URL: `${apiUrl}/workspace/oauth/introspect`,
  LOG_LEVEL: 'error',
}))

/** Reads and writes of many callers, until `done`. */
async function load(seen: Seen, done: () => boolean): Promise<void> {
  await Promise.all(
    Array.from({ length: 16 }, async (_, caller) => {
      const token = await server.token({ claims: { client_id: `chaos-${caller}-` } })
      for (let number = 0; !done(); number++) {
        const [name, args] =
          number % 5 === 0
            ? ['create_organization', { environmentId: DEV, name: `chaos-${caller}-${number}` }]
            : number % 2 === 0
              ? ['whoami', {}]
              : ['list_organizations', { environmentId: DEV }]
        const posted = await postCall(server.url, token, name, args, { id: number })
        const error = toolErrorOf(posted)
        const isOurs = error !== undefined && /^upstream_(unavailable|timeout)$/.test(error.code)
        // A write is refused while the authorization server cannot say whether its token was revoked.
        const failsClosed =
          name === 'create_organization' && posted.status === 503 && posted.headers.has('retry-after')
        if (failsClosed) seen.refused++
        else if (posted.status !== 200 || posted.message.id !== number || (error && !isOurs)) {
          seen.wrong.push(`${name}: ${posted.status} ${posted.text.slice(0, 200)}`)
        } else if (error) seen.refused++
        else seen.right++
      }
    }),
  )
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** @returns how long it took until a read was served again */
async function untilServed(): Promise<number> {
  const token = await server.token({ claims: { client_id: 'chaos-0-' } })
  const from = performance.now()
  while (performance.now() - from < 2 * RECOVERY_MS) {
    if (!toolErrorOf(await postCall(server.url, token, 'list_organizations', { environmentId: DEV }))) break
    await pause(100)
  }
  return performance.now() - from
}

for (let round = 1; round <= Number(values.rounds) && api; round++) {
  const seen: Seen = { right: 0, refused: 0, wrong: [] }
  let over = false
  const loading = load(seen, () => over)
  while (seen.right < 100 && seen.wrong.length === 0) await pause(50)
  await api.kill()
  await pause(3_000)
  await api.revive()
  const recovered = await untilServed()
  await pause(1_000)
  over = true
  await loading
  const counts = `${seen.right} right, ${seen.refused} refused with what to do`
  check(
    seen.wrong.length === 0,
    `round ${round}: ${counts}, ${seen.wrong.length} wrong ${seen.wrong[0] ?? ''}`,
  )
  check(seen.refused > 0 && seen.right > 0, `round ${round}: served before, refused while the API was away`)
  check(recovered <= RECOVERY_MS, `round ${round}: served again after ${(recovered / 1000).toFixed(1)} s`)
}
await close()

const { reached, wrong, problem } = await killDuringWrites(Number(values.kills))
check(reached === Number(values.kills), `the server killed in the middle of ${reached} writes`)
check(wrong === 0 && problem === undefined, `${wrong} of their intents are missing, and the chain holds`)
process.exitCode = failures.length > 0 ? 1 : 0
