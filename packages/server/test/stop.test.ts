import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { expect, test } from 'vitest'
import { measure, measureTime } from '../../../test/harness/measure.js'
import { freePort, mintToken, run, untilReady } from '../../../test/harness/program.js'
import { verifyChain } from '../src/audit/verify-chain.js'
import { localEnvironment } from '../src/cli/dev.js'
import { auditPlace, readRecords } from './audit-records.js'
import { startFaultyApi } from './faulty-api.js'
import { postCall, toolErrorOf } from './post-message.js'
import { eras } from './server-under-test.js'

const IN_FLIGHT = 50

test('SIGTERM: not ready first, 50 calls in flight are answered, recorded, and the program ends with 0', async () => {
  const place = await auditPlace()
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const ready = `http://localhost:${port}/ready`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const api = await startFaultyApi(local.url)
  try {
    const child = run(['serve'], {
      ...localEnvironment(local, resource),
      SCALEKIT_WORKSPACE_URL: `${api.url}/workspace`,
      EXPECTED_ISSUERS: `${local.url}/workspace`,
      PORT: String(port),
      AUDIT_FILE: place.file,
      // Well within the deadline of the calls that wait for it.
      SHUTDOWN_DELAY_SECONDS: '2',
    })
    const closed = once(child, 'close')
    await untilReady(ready, child, () => '')
    const token = await mintToken(
      { localUrl: local.url },
      { scopes: ['organization:read', 'organization:write'], resource },
    )
    const environmentId = 'env_100000000000000001'
    await postCall(resource, token, 'list_organizations', { environmentId })

    api.seen.length = 0
    const answer = (res: ServerResponse) =>
      void res.writeHead(200, { 'content-type': 'application/json' }).end('{"organizations":[]}')
    const held: ServerResponse[] = []
    api.fault = (_, res) => {
      held.push(res)
      return true
    }
    let lastAnswer = 0
    const calls = Array.from({ length: IN_FLIGHT }, async (_, number) => {
      const era = eras[number % 2] ?? eras[0]
      const posted = await postCall(
        resource,
        token,
        'list_organizations',
        { environmentId },
        { era, id: number },
      )
      lastAnswer = performance.now()
      return posted
    })
    // A busy machine may not bring all of them there before the first ones have waited too long.
    await expect.poll(() => held.length >= IN_FLIGHT || (held.length > 0 && lastAnswer > 0)).toBe(true)

    child.kill('SIGTERM')
    const stoppedAt = performance.now()
    await expect.poll(() => fetch(ready).then(({ status }) => status), { interval: 20 }).toBe(503)
    const notReadyAt = performance.now()
    await expect
      .poll(
        () =>
          fetch(ready)
            .then(() => 'open')
            .catch(() => 'refused'),
        { interval: 50 },
      )
      .toBe('refused')
    const refusedAt = performance.now()
    expect(refusedAt).toBeGreaterThan(notReadyAt)
    // On a busy machine some of them have been sent again.
    api.fault = (_, res) => {
      answer(res)
      return true
    }
    for (const res of held) answer(res)

    const answers = await Promise.all(calls)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(IN_FLIGHT)
    // Calls that a busy machine held beyond their deadline are answered all the same, and the answer says so.
    const errors = answers.flatMap((posted) => toolErrorOf(posted)?.code ?? [])
    expect(errors.filter((code) => code !== 'upstream_timeout' && code !== 'upstream_unavailable')).toEqual(
      [],
    )
    expect(answers.map(({ message }) => message.id)).toEqual(answers.map((_, number) => number))
    const [code] = await closed
    const seconds = (performance.now() - lastAnswer) / 1000
    expect(code).toBe(0)

    const outcomes = (await readRecords(place.file)).flatMap(({ outcome }) => outcome ?? [])
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(IN_FLIGHT + 1 - errors.length)
    expect(outcomes.filter((outcome) => outcome !== 'ok').sort()).toEqual(errors.sort())
    const publicKey = createPublicKey(await readFile(place.keyFile))
    expect((await verifyChain(place.file, publicKey)).problem).toBeUndefined()
    measure('E6', `${IN_FLIGHT}`)
    measureTime('E7', seconds, 2, 1)
    measure(
      'E8',
      `${Math.round(refusedAt - notReadyAt)} (503 after ${Math.round(notReadyAt - stoppedAt)} ms)`,
    )
  } finally {
    await api.close()
    await local.close()
  }
})
