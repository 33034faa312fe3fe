import { mint, newKey, rsaKey } from '../../packages/auth/test/authority.js'
import { controlCall, send } from './client.js'
import type { RequestCase } from './corpus.js'
import { toolCall } from './request.js'
import type { PlayedScalekit } from './scalekit.js'
import type { ServerUnderTest } from './server.js'

type Script = (server: ServerUnderTest, scalekit: PlayedScalekit, testCase: RequestCase) => Promise<string[]>

const stranger = newKey('stranger', 'RS256')

/** Many requests at once. Each script gives what went wrong. */
const scripts: Readonly<Record<string, Script>> = {
  async 'unknown-kid'(server, scalekit, testCase) {
    const before = scalekit.counts.keySetReads
    const token = () =>
      mint(stranger, { iss: scalekit.url, aud: server.resource }, { kid: crypto.randomUUID() })
    const problems = await flood(server, testCase, token)
    const reads = scalekit.counts.keySetReads - before
    const max = testCase.expect.jwks_fetches_max ?? 2
    return reads > max ? [...problems, `${reads} reads of the key set`] : problems
  },
  async 'bad-token'(server, scalekit, testCase) {
    const problems = await flood(server, testCase, () =>
      mint(stranger, { iss: scalekit.url, aud: server.resource }, { kid: rsaKey.kid }),
    )
    const { ok, status } = await controlCall(scalekit, server)
    return ok ? problems : [...problems, `a valid client got ${status}`]
  },
  async isolation(server, scalekit, { build, expect }) {
    const subjects = Array.from({ length: build.count ?? 200 }, (_, i) => `usr_isolated_${i}_`)
    scalekit.delay = 20
    const answers = await Promise.all(subjects.map((subject) => controlCall(scalekit, server, subject)))
    scalekit.delay = 0
    const foreign = answers.filter(({ text }, own) =>
      subjects.some((subject, i) => i !== own && text.includes(subject)),
    )
    const failed = answers.filter(({ ok }) => !ok)
    return [
      ...(foreign.length > (expect.cross_talk ?? 0)
        ? [`${foreign.length} answers hold another caller's data`]
        : []),
      ...(failed.length > 0 ? [`${failed.length} callers were not answered: ${failed[0]?.status}`] : []),
    ]
  },
}

export function runFlood(
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  testCase: RequestCase,
): Promise<string[]> {
  const script = scripts[testCase.build.flood ?? '']
  return script
    ? script(server, scalekit, testCase)
    : Promise.resolve([`no script for flood: ${testCase.build.flood}`])
}

/** Sends `count` requests, twenty at a time; an address that fails too often may be told to wait. */
async function flood(
  server: ServerUnderTest,
  { build, expect }: RequestCase,
  token: () => string,
): Promise<string[]> {
  const allowed = [expect.statuses ?? expect.status ?? [], 429].flat()
  const wrong: number[] = []
  for (let sent = 0; sent < (build.count ?? 100); sent += 20) {
    const batch = Array.from({ length: 20 }, () => send(server, toolCall('list_environments', {}), token()))
    for (const { status } of await Promise.all(batch)) if (!allowed.includes(status)) wrong.push(status)
  }
  return wrong.length > 0 ? [`${wrong.length} answers with ${[...new Set(wrong)].join(', ')}`] : []
}
