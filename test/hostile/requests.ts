import { mint, rsaKey } from '../../packages/auth/test/authority.js'
import { UnknownName } from '../../packages/auth/test/hostile-unknown-name.js'
import { sendRaw } from '../../packages/auth/test/raw-http.js'
import { afterwards } from './afterwards.js'
import { controlCall, namesFor, scopesOf } from './client.js'
import type { Corpora, Era, Profile, RequestCase } from './corpus.js'
import { floodScripts } from './flood.js'
import { unknownNames } from './grammar.js'
import { problemsInTime } from './in-time.js'
import { isAlive, observe } from './observe.js'
import type { Outcome } from './outcome.js'
import { buildRequest } from './request.js'
import { type PlayedScalekit, playScalekit } from './scalekit.js'
import { runScript } from './script.js'
import { type ServerUnderTest, startServer } from './server.js'
import { slowScripts } from './slow.js'
import { compare, expectedIn, forbiddenInLog, isAboutTime } from './verdict.js'

const MAX_GROWTH_MB = 128
const CASE_DEADLINE_MS = 300_000
const SCRIPT_DEADLINE_MS = 150_000
const ATTEMPTS = 5

type Found = Pick<Outcome, 'problems' | 'figure'>

/** One server, and what all of its cases share. */
interface Run {
  readonly server: ServerUnderTest
  readonly scalekit: PlayedScalekit
  readonly defaults: Corpora['requests']['defaults']
  readonly profile: Profile
  readonly era: Era
  readonly forbidden: Map<string, string[]>
}

/** Sends every request of the corpus to one server, slow and flooding clients at the end. */
export async function runRequests({ requests }: Corpora, profile: Profile, era: Era): Promise<Outcome[]> {
  const scalekit = await playScalekit()
  try {
    const server = await startServer(scalekit, profile)
    try {
      const { defaults } = requests
      const forbidden = new Map<string, string[]>()
      return await runCases(requests.cases, { server, scalekit, defaults, profile, era, forbidden })
    } finally {
      await server.stop()
    }
  } finally {
    await scalekit.close()
  }
}

async function runCases(all: readonly RequestCase[], run: Run): Promise<Outcome[]> {
  const { server, scalekit, profile, era } = run
  const cases = all.filter((testCase) => isOf(testCase, era))
  for (let i = 0; i < 20; i++) await controlCall(scalekit, server)
  const before = server.residentMegabytes()
  const found = new Map<string, Found>()
  const inTurn = async (
    chosen: readonly RequestCase[],
    deadline: number,
    one: (each: RequestCase) => Promise<Found>,
  ) => {
    for (const each of chosen) found.set(each.id, await problemsInTime(() => one(each), deadline))
  }
  await inTurn(
    cases.filter((each) => !isScript(each)),
    CASE_DEADLINE_MS,
    (each) => runRequest(each, run),
  )
  // The clients that wait for their end do so together.
  const [waiting, others] = [
    cases.filter(isWaiting),
    cases.filter((each) => isScript(each) && !isWaiting(each)),
  ]
  await Promise.all(waiting.map((each) => inTurn([each], SCRIPT_DEADLINE_MS, (one) => runScripted(one, run))))
  await inTurn(others, SCRIPT_DEADLINE_MS, (each) => runScripted(each, run))

  const grown = isAlive(server) ? server.residentMegabytes() - before : 0
  const { problems, byCase } = await afterwards(server, run.forbidden)
  return [
    ...cases.map(({ id, group, name }): Outcome => {
      const own = found.get(id)
      return {
        ...own,
        id,
        group,
        name: `${name} [${profile}, ${era}]`,
        problems: [...(own?.problems ?? ['not run']), ...(byCase.get(id) ?? [])],
      }
    }),
    {
      id: 'REQ-*',
      group: 'after',
      name: `after all requests [${profile}, ${era}]`,
      figure: grown,
      problems: [...(grown > MAX_GROWTH_MB ? [`memory grew by ${Math.round(grown)} MB`] : []), ...problems],
    },
  ]
}

const isScript = ({ build }: RequestCase) => build.slow !== undefined || build.flood !== undefined
const isWaiting = (each: RequestCase) => isScript(each) && each.expect.closed_within_ms !== undefined

/** In the older era: what is written for it, and the arguments of tools, which no envelope surrounds there. */
const isOf = ({ group, build }: RequestCase, era: Era) =>
  era === 'modern' || build.legacy === true || group === 'tool-args'

async function runRequest(testCase: RequestCase, run: Run): Promise<Found> {
  const { server, scalekit, profile, era, defaults } = run
  const unknown = unknownNames(testCase, 'request')
  if (unknown.length > 0) return { problems: unknown }
  const scope = scopesOf(testCase.build.auth)
  const claims = { iss: scalekit.url, aud: server.resource, scope }
  const token = scope === undefined ? undefined : mint(rsaKey, claims)
  const names = namesFor(scalekit, server, token)
  const expected = expectedIn(profile, testCase)
  const circumstances = { names, era: eraOf(testCase, era), claimedScopes: scope?.split(' ') ?? [] }
  run.forbidden.set(testCase.id, forbiddenInLog(expected, circumstances))
  const bytes = buildRequest(testCase.build, { names, era, defaults })
  const { problems } = await inTime(async () => {
    const seen = await observe(expected, server, scalekit, () => sendRaw(server.port, bytes))
    return { problems: compare(testCase, expected, seen, circumstances) }
  })
  return { problems: [...problems, ...(await controlProblems(run))] }
}

/** Done again where the time is all that is wrong: a busy machine gets more attempts, a slow server fails all. */
async function inTime(run: () => Promise<Found>): Promise<Found> {
  for (let attempt = 1; ; attempt++) {
    const found = await run()
    const { problems } = found
    if (attempt === ATTEMPTS || problems.length === 0 || !problems.every(isAboutTime)) return found
  }
}

/** The server has to answer within a second after every case. A busy machine gets more attempts; a busy server fails all. */
async function controlProblems({ server, scalekit }: Run): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const { ok, status, text, milliseconds } = await controlCall(scalekit, server)
    if (ok && milliseconds <= 1_000) return []
    const isLate =
      ok || (status === 200 && /"upstream_(?:timeout|unavailable)/.test(text.replaceAll('\\', '')))
    if (attempt === ATTEMPTS || !isLate) {
      return [
        `afterwards a good call got ${status} after ${Math.round(milliseconds)} ms: ${text.slice(0, 200)}`,
      ]
    }
  }
}

const eraOf = ({ build }: RequestCase, era: Era): Era => (build.legacy ? 'legacy' : era)

async function runScripted(testCase: RequestCase, run: Run): Promise<Found> {
  const { server, scalekit, profile, era, defaults } = run
  const unknown = unknownNames(testCase, 'request')
  if (unknown.length > 0) return { problems: unknown }
  const { slow, flood } = testCase.build
  const script = slow === undefined ? floodScripts[flood ?? ''] : slowScripts[slow]
  if (!script) throw new UnknownName(slow === undefined ? 'flood' : 'slow', slow ?? flood ?? '')
  const expected = expectedIn(profile, testCase)
  const claimedScopes = scopesOf(testCase.build.auth)?.split(' ') ?? []
  return inTime(async () => {
    const seen = await runScript(script, { server, scalekit, testCase, defaults, era })
    const circumstances = { names: seen.names, era: eraOf(testCase, era), claimedScopes }
    run.forbidden.set(testCase.id, forbiddenInLog(expected, circumstances))
    const figure = seen.closedAfterMs == null ? {} : { figure: seen.closedAfterMs / 1000 }
    return { problems: compare(testCase, expected, seen, circumstances), ...figure }
  })
}
