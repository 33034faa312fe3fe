import { afterwards } from './afterwards.js'
import { controlCall, send, tokenFor } from './client.js'
import type { Corpora, Era, Profile, RequestCase } from './corpus.js'
import { runFlood } from './flood.js'
import type { Outcome } from './outcome.js'
import { type PlayedScalekit, playScalekit } from './scalekit.js'
import { type ServerUnderTest, startServer } from './server.js'
import { runSlow } from './slow.js'
import { compare, forbiddenInLog } from './verdict.js'

const MAX_GROWTH_MB = 128

/** Sends every request of the corpus to one server, slow and flooding clients at the end. */
export async function runRequests({ requests }: Corpora, profile: Profile, era: Era): Promise<Outcome[]> {
  const scalekit = await playScalekit()
  const server = await startServer(scalekit, profile)
  const name = (testCase: RequestCase) => `${testCase.name} [${profile}, ${era}]`
  const outcomes: Outcome[] = []
  const forbidden = new Set<string>()
  try {
    for (let i = 0; i < 20; i++) await controlCall(scalekit, server)
    const before = server.residentMegabytes()
    for (const testCase of requests.cases.filter((each) => !isScript(each) && isOf(each, era))) {
      const problems = await runRequest(testCase, server, scalekit, era, forbidden)
      outcomes.push({ id: testCase.id, group: testCase.group, name: name(testCase), problems })
    }
    const slow = requests.cases.filter(({ build }) => build.slow)
    if (era === 'modern') {
      outcomes.push(
        ...(await inParallel(slow, async (each) => ({
          id: each.id,
          group: each.group,
          name: name(each),
          ...(await runSlow(server, scalekit, each)),
        }))),
      )
      for (const each of requests.cases.filter(({ build }) => build.flood))
        outcomes.push({
          id: each.id,
          group: each.group,
          name: name(each),
          problems: await runFlood(server, scalekit, each),
        })
    }
    outcomes.push({
      id: 'REQ-*',
      group: 'after',
      name: `after all requests [${profile}, ${era}]`,
      figure: server.residentMegabytes() - before,
      problems: [...memoryProblems(server, before), ...(await afterwards(server, forbidden))],
    })
    return outcomes
  } finally {
    await server.stop()
    await scalekit.close()
  }
}

const isScript = ({ build }: RequestCase) => build.slow !== undefined || build.flood !== undefined

/** In the older era: what is written for it, and the arguments of tools, which no envelope surrounds there. */
const isOf = ({ group, build }: RequestCase, era: Era) =>
  era === 'modern' || build.legacy === true || group === 'tool-args'

async function runRequest(
  testCase: RequestCase,
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  era: Era,
  forbidden: Set<string>,
): Promise<string[]> {
  const token = tokenFor(testCase.build.auth, scalekit, server)
  const before = { ...scalekit.counts, memory: server.residentMegabytes() }
  scalekit.takeReceived()
  const startedAt = performance.now()
  const response = await send(server, testCase.build, token, era)
  const observation = {
    response,
    upstreamCalls: scalekit.counts.apiCalls - before.apiCalls,
    canaryHits: scalekit.counts.canaryHits - before.canaryHits,
    received: scalekit.takeReceived(),
    milliseconds: performance.now() - startedAt,
    grownMegabytes: server.residentMegabytes() - before.memory,
  }
  const names = { resource: server.resource, token: token ?? '' }
  for (const text of forbiddenInLog(testCase.expect, names)) forbidden.add(text)
  const problems = compare(testCase.expect, observation, names)
  const control = await controlCall(scalekit, server)
  if (!control.ok) problems.push(`afterwards a good call got ${control.status}`)
  if (control.milliseconds > 1_000)
    problems.push(`afterwards a good call took ${Math.round(control.milliseconds)} ms`)
  return problems
}

/** The clients that wait for their end do so together; those that change the API's delay go one by one. */
async function inParallel(
  cases: readonly RequestCase[],
  run: (each: RequestCase) => Promise<Outcome>,
): Promise<Outcome[]> {
  const waiting = ({ expect }: RequestCase) => expect.closed_within_ms !== undefined
  const waited = Promise.all(cases.filter(waiting).map(run))
  const others: Outcome[] = []
  for (const each of cases.filter((testCase) => !waiting(testCase))) others.push(await run(each))
  return [...(await waited), ...others]
}

function memoryProblems(server: ServerUnderTest, before: number): string[] {
  const grown = server.residentMegabytes() - before
  return grown > MAX_GROWTH_MB ? [`memory grew by ${Math.round(grown)} MB`] : []
}
