import { mint, rsaKey } from '../../packages/auth/test/authority.js'
import type { Names } from '../../packages/auth/test/hostile-values.js'
import { controlCall, namesFor, scopesOf } from './client.js'
import type { Era, RequestCase } from './corpus.js'
import type { Observation } from './observation.js'
import { isAlive } from './observe.js'
import type { RequestDefaults } from './request.js'
import type { PlayedScalekit } from './scalekit.js'
import type { ServerUnderTest } from './server.js'

/** What a script of a slow or flooding client works with. */
export interface ScriptContext {
  readonly server: ServerUnderTest
  readonly scalekit: PlayedScalekit
  readonly testCase: RequestCase
  readonly defaults: RequestDefaults
  readonly era: Era
  /** Its own, so that its calls can be told from those of others. */
  readonly subject: string
  readonly names: Names
  /** Another client calls while the script is under way. */
  readonly meanwhile: () => Promise<void>
}

/** A script returns what it saw; the calls of the API and the other client are noted around it. */
export type Script = (context: ScriptContext) => Promise<Partial<Observation>>

/** Runs a script and notes what happened around it. */
export async function runScript(
  script: Script,
  { server, scalekit, testCase, defaults, era }: Omit<ScriptContext, 'subject' | 'names' | 'meanwhile'>,
): Promise<Observation & { readonly names: Names }> {
  const subject = `usr_${crypto.randomUUID()}`
  const scope = scopesOf(testCase.build.auth)
  const token =
    scope === undefined
      ? undefined
      : mint(rsaKey, { iss: scalekit.url, aud: server.resource, scope, sub: subject })
  const names = namesFor(scalekit, server, token)
  const before = { ...scalekit.counts, memory: server.residentMegabytes() }
  const startedAt = performance.now()
  let others: Observation['others']
  const meanwhile = async () => {
    others = await controlCall(scalekit, server)
  }
  const seen = await script({ server, scalekit, testCase, defaults, era, subject, names, meanwhile })
  const { ok } = await controlCall(scalekit, server)
  return {
    names,
    milliseconds: performance.now() - startedAt,
    upstreamCalls: scalekit.callers.filter((caller) => caller === subject).length,
    canaryHits: scalekit.counts.canaryHits - before.canaryHits,
    keySetReads: scalekit.counts.keySetReads - before.keySetReads,
    received: '',
    grownMegabytes: server.residentMegabytes() - before.memory,
    ...(others && { others }),
    alive: isAlive(server) && ok,
    ...seen,
  }
}
