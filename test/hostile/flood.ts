import { connect, type Socket } from 'node:net'
import { mint, newKey, rsaKey } from '../../packages/auth/test/authority.js'
import { isStream, parseResponse, sendRaw } from '../../packages/auth/test/raw-http.js'
import { controlCall } from './client.js'
import type { Observation } from './observation.js'
import { buildRequest, toolCall } from './request.js'
import type { Script, ScriptContext } from './script.js'

const stranger = newKey('stranger', 'RS256')

/** Many requests at once, by the `flood` of their case. */
export const floodScripts: Readonly<Record<string, Script>> = {
  // From many addresses: one alone is refused for its bad credentials before its keys are looked up.
  'unknown-kid': (context) =>
    flood(
      context,
      500,
      () => badToken(context, crypto.randomUUID()),
      (sent) => `127.0.1.${1 + (sent % 250)}`,
    ),
  'bad-token': (context) => flood(context, 1_000, () => badToken(context, rsaKey.kid)),
  async isolation({ server, scalekit, testCase, meanwhile }) {
    const subjects = Array.from({ length: testCase.build.count ?? 200 }, () => `usr_${crypto.randomUUID()}`)
    scalekit.delay = 20
    const answers = await Promise.all(subjects.map((subject) => controlCall(scalekit, server, subject)))
    scalekit.delay = 0
    await meanwhile()
    const others = (own: number) => subjects.filter((_, i) => i !== own)
    return {
      statuses: answers.map(({ ok, status }) => (ok || status !== 200 ? status : 0)),
      crossTalk: answers.filter(({ text }, own) => others(own).some((subject) => text.includes(subject)))
        .length,
    }
  },
  async listen(context) {
    const streams = Array.from({ length: context.testCase.build.count ?? 300 }, () => openStream(context))
    await Promise.all(streams.map(({ answered }) => answered))
    await context.meanwhile()
    await Promise.all(streams.map(({ settled }) => settled))
    const statuses = streams.map(({ answer }) => answer().status)
    // A refusal can be a 200 too: only a stream of events that has not ended (RFC 9112 section 7.1) is open.
    const kept = streams.filter(
      (each) => !each.socket.closed && isStream(each.answer().headers) && !each.ended(),
    )
    for (const { socket } of streams) socket.destroy()
    return { statuses, open: kept.length }
  },
}

function badToken({ server, scalekit }: ScriptContext, kid: string): string {
  return mint(stranger, { iss: scalekit.url, aud: server.resource }, { kid })
}

/** Sends the requests, twenty at a time, and another client's halfway. */
async function flood(
  { server, testCase, names, meanwhile }: ScriptContext,
  count: number,
  token: () => string,
  addressOf: (sent: number) => string = () => '127.0.0.1',
): Promise<Partial<Observation>> {
  const statuses: number[] = []
  let slowest = 0
  let sent = 0
  const one = async () => {
    const startedAt = performance.now()
    const request = buildRequest(toolCall('list_environments', {}), { names: { ...names, token: token() } })
    const { status } = await sendRaw(server.port, request, { localAddress: addressOf(sent++) })
    slowest = Math.max(slowest, performance.now() - startedAt)
    statuses.push(status)
  }
  const batches = Math.ceil((testCase.build.count ?? count) / 20)
  for (let batch = 0; batch < batches; batch++) {
    await Promise.all(Array.from({ length: 20 }, one))
    if (batch === Math.floor(batches / 2)) await meanwhile()
  }
  return { statuses, milliseconds: slowest }
}

/** A server without subscriptions ends a stream at once. */
const STAYS_MS = 3_000

/** MCP 2026-07-28, `subscriptions/listen`: a stream that stays open for as long as both want. */
function openStream({ server, names, defaults }: ScriptContext) {
  const rpc = { method: 'subscriptions/listen', params: { notifications: { toolsListChanged: true } } }
  const request = buildRequest({ rpc }, { names, defaults })
  const socket: Socket = connect(server.port, '127.0.0.1', () => socket.write(request))
  let received = Buffer.alloc(0)
  const ended = () => received.subarray(-5).toString('latin1') === '0\r\n\r\n'
  const answered = new Promise<void>((resolve) => {
    socket.setTimeout(15_000, () => socket.destroy())
    socket.on('error', () => undefined).on('close', () => resolve())
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      resolve()
    })
  })
  /** It has ended, or stays open. */
  const settled = new Promise<void>((resolve) => {
    const stays = setTimeout(resolve, STAYS_MS)
    const end = () => {
      clearTimeout(stays)
      resolve()
    }
    socket.on('data', () => ended() && end()).on('close', end)
  })
  return { socket, answered, settled, ended, answer: () => parseResponse(received) }
}
