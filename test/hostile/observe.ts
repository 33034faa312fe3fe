import type { RawResponse } from '../../packages/auth/test/raw-http.js'
import type { Expectation } from './checks.js'
import { controlCall } from './client.js'
import type { Observation } from './observation.js'
import type { PlayedScalekit } from './scalekit.js'
import type { ServerUnderTest } from './server.js'

/** Runs one request alone and notes what it changed. Only what its case expects is measured where measuring takes time. */
export async function observe(
  expected: Expectation,
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  run: () => Promise<RawResponse>,
): Promise<Observation> {
  const auditedBefore = expected.audit_lines === undefined ? undefined : await server.auditedRequests()
  const before = { ...scalekit.counts, memory: server.residentMegabytes() }
  scalekit.takeReceived()
  const startedAt = performance.now()
  const response = await run()
  const measured = {
    response,
    milliseconds: performance.now() - startedAt,
    upstreamCalls: scalekit.counts.apiCalls - before.apiCalls,
    canaryHits: scalekit.counts.canaryHits - before.canaryHits,
    keySetReads: scalekit.counts.keySetReads - before.keySetReads,
    received: scalekit.takeReceived(),
    grownMegabytes: server.residentMegabytes() - before.memory,
  }
  return {
    ...measured,
    ...(auditedBefore === undefined ? {} : { auditLines: (await server.auditedRequests()) - auditedBefore }),
    ...(await othersAfter(expected, server, scalekit)),
  }
}

async function othersAfter(
  { other_clients_ok, other_clients_max_ms, target_alive }: Expectation,
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
): Promise<Pick<Observation, 'others' | 'alive'>> {
  if ([other_clients_ok, other_clients_max_ms, target_alive].every((each) => each === undefined)) return {}
  const others = await controlCall(scalekit, server)
  return { others, alive: isAlive(server) && others.ok }
}

export function isAlive({ process: { exitCode, signalCode } }: ServerUnderTest): boolean {
  return exitCode === null && signalCode === null
}
