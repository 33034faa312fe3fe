import { createHash, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFile,
  copyFile,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { request } from 'node:http'
import { dirname } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { runToEnd } from '../../../test/harness/program.js'
import { verifyChain } from '../src/audit/verify-chain.js'
import { type AuditRecord, auditPlace, readRecords } from './audit-records.js'
import { openConversation } from './conversation.js'
import { postCall, postMessage, toolErrorOf } from './post-message.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const open: ServerUnderTest[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function start(place: { file: string }, env: Record<string, string> = {}, replicaOf?: ServerUnderTest) {
  const server = await startServerUnderTest({ AUDIT_FILE: place.file, ...env }, undefined, replicaOf)
  open.unshift(server)
  return server
}
const create = (server: ServerUnderTest, token: string, name: string) =>
  postCall(server.url, token, 'create_organization', { environmentId: DEV, name })
const list = (server: ServerUnderTest, token: string) =>
  postCall(server.url, token, 'list_organizations', { environmentId: DEV })
async function recordsOf(server: ServerUnderTest, place: { file: string }): Promise<AuditRecord[]> {
  open.splice(open.indexOf(server), 1)
  await server.close()
  return readRecords(place.file)
}
const requests = (records: readonly AuditRecord[]) => records.filter(({ type }) => type === 'request')
const publicKeyOf = async ({ keyFile }: { keyFile: string }) => createPublicKey(await readFile(keyFile))

describe('what is recorded', () => {
  test('one record per request, refused ones with their reason; of a write the intent before it', async () => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token({ claims: { jti: 'tkn_audited' } })
    const reader = await server.token({ scopes: ['environment:read'] })
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const sent = [
      await postMessage(server.url, token, 'tools/list'),
      await list(server, token),
      await postCall(
        server.url,
        token,
        'create_organization',
        { environmentId: DEV, name: 'Not for the log' },
        { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } },
      ),
      await create(server, reader, 'Not for the log'),
      await postMessage(server.url, 'nonsense', 'tools/list'),
      await postMessage(server.url, token, 'tools/list', {}, { headers: { origin: 'https://evil.example' } }),
      await postMessage(server.url, token, 'no/such', {}),
      await postCall(server.url, token, 'list_organizations', { environmentId: DEV, pageSize: 0 }),
      await postCall(server.url, token, 'no_such_tool'),
    ]
    await fetch(new URL('/.well-known/oauth-protected-resource/mcp', server.url))
    await fetch(new URL('/ready', server.url))
    await fetch(new URL('/secret-path', server.url))

    const records = await recordsOf(server, place)
    const noted = requests(records)
    expect(noted).toHaveLength(sent.length + 2)
    expect(noted.map(({ requestId }) => requestId).slice(0, sent.length)).toEqual(
      sent.map(({ headers }) => headers.get('x-request-id')),
    )
    expect(noted.map(({ decision, reason }) => reason ?? decision)).toEqual([
      'allowed',
      'allowed',
      'allowed',
      'insufficient_scope',
      expect.stringMatching(/^invalid_token: /),
      'origin_not_allowed',
      'allowed',
      'invalid_arguments',
      'allowed',
      'allowed',
      'http_404',
    ])
    measure('G1', `${noted.length} of ${sent.length + 2}`)
    const refusals = noted.filter(({ decision }) => decision === 'refused')
    const unexplained = refusals.filter(({ reason }) => !reason)
    expect(refusals).toHaveLength(5)
    expect(unexplained).toEqual([])
    measure('G7', `${unexplained.length} of ${refusals.length}`)

    const [intent] = records.filter(({ type }) => type === 'intent')
    const outcome = noted[2]
    const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')
    const required = {
      seq: expect.any(Number),
      ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: sent[2]?.headers.get('x-request-id'),
      issuer: `${server.local.url}/workspace`,
      subject: expect.stringMatching(/^\w+/),
      clientId: expect.stringMatching(/\w/),
      tokenId: sha256('tkn_audited'),
      tool: 'create_organization',
      effect: 'create',
      argumentsDigest: sha256(`{"environmentId":"${DEV}","name":"Not for the log"}`),
      scopesRequired: ['organization:write'],
      scopesHeld: expect.arrayContaining(['organization:write', 'workspace:read']),
      traceId,
    }
    expect(intent).toMatchObject(required)
    expect(outcome).toMatchObject({
      ...required,
      decision: 'allowed',
      outcome: 'ok',
      status: 200,
      upstreamStatus: 200,
      milliseconds: expect.any(Number),
    })
    expect(intent?.seq).toBeLessThan(outcome?.seq ?? 0)
    expect(noted[3]).toMatchObject({ tool: 'create_organization', scopesRequired: ['organization:write'] })
    const fields = Object.keys(required) as (keyof typeof required)[]
    const absent = [intent, outcome].flatMap((record) =>
      fields.filter((field) => record?.[field] === undefined),
    )
    expect(absent).toEqual([])
    measure('G3', `${absent.length} of ${2 * fields.length}`)

    const text = await readFile(place.file, 'utf8')
    for (const secret of [token, reader, 'nonsense"', 'tkn_audited', 'Not for the log', 'secret-path']) {
      expect(text).not.toContain(secret)
    }
  })

  test('a client that leaves in the middle of its message has one line and one record, with who it was', async () => {
    const place = await auditPlace()
    const server = await start(place)
    const sent = request(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await server.token()}`,
        'content-type': 'application/json',
        'content-length': '100',
        expect: '100-continue',
      },
    })
    sent.on('error', () => undefined).flushHeaders()
    // Its token has been accepted.
    await once(sent, 'continue')
    sent.write('{')
    sent.destroy()
    const lines = () => server.log.filter((line) => line.includes('"refused":"invalid_request"'))
    await expect.poll(lines).toHaveLength(1)
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({
      msg: 'request',
      status: 0,
      subject: expect.stringMatching(/^usr_/),
      clientId: expect.any(String),
    })
    expect(requests(await recordsOf(server, place)).filter(({ place: part }) => part === 'mcp')).toEqual([
      expect.objectContaining({
        status: 0,
        decision: 'refused',
        reason: 'invalid_request',
        subject: expect.stringMatching(/^usr_/),
      }),
    ])
  })

  test('names in tokens cannot make a line: control characters and separators are escaped', async () => {
    const place = await auditPlace()
    const server = await start(place)
    // What no name may hold is refused with its token; the others are in the record.
    const names = ['a\r\nb', 'a\u001b[2J', 'a\u2028b', 'a\u0085b', 'a\u{e0041}\u200e\u061c\ufeffé"b\\\\n']
    for (const client_id of names) {
      await postMessage(server.url, await server.token({ claims: { client_id } }), 'tools/list')
    }
    const records = await recordsOf(server, place)
    const bytes = await readFile(place.file)
    expect([...bytes].filter((byte) => byte !== 10 && (byte < 32 || byte > 126))).toEqual([])
    const extra = bytes.filter((byte) => byte === 10).length - records.length
    expect(extra).toBe(0)
    expect(requests(records)).toHaveLength(names.length)
    expect(records.some(({ clientId }) => clientId === names.at(-1))).toBe(true)
    measure('G6', `${extra} for ${names.length} names`)
  })

  test('reads are noted together, four times a second, however many there are', async () => {
    const place = await auditPlace()
    const server = await start(place, { REQUESTS_PER_MINUTE: '100000' })
    const token = await server.token()
    const started = performance.now()
    const read = async () => {
      while (performance.now() - started < 1_500) await list(server, token)
    }
    await Promise.all(Array.from({ length: 10 }, read))
    const seconds = (performance.now() - started) / 1_000
    const records = requests(await recordsOf(server, place))
    const flushes = new Set(records.map(({ ts }) => ts)).size
    expect(records.length).toBeGreaterThan(flushes)
    expect(flushes).toBeLessThanOrEqual(4 * seconds + 2)
  })

  test('a call whose client leaves while it is asked has one record, with how it ended', async () => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token()
    const args = { environmentId: 'env_100000000000000002', organizationId: 'org_100000000000000011' }
    const asked = await openConversation(server.url, token, 'delete_organization', args)
    await asked.leave()
    const written = async () => requests(await readRecords(place.file)).filter((record) => 'tool' in record)
    await expect.poll(written).not.toEqual([])
    const calls = requests(await recordsOf(server, place)).filter((record) => 'tool' in record)
    expect(calls).toMatchObject([{ tool: 'delete_organization', outcome: 'confirmation_declined' }])
  })

  test('a call whose client has left is recorded when it has ended', async () => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token()
    await list(server, token)
    const faults = `${server.local.url}/__local/faults`
    const headers = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
    const body = JSON.stringify({ match: { path: '/api/v1' }, latency_ms: 60_000 })
    await fetch(faults, { method: 'POST', headers, body })
    const leaving = new AbortController()
    const left = postCall(
      server.url,
      token,
      'create_organization',
      { environmentId: DEV, name: 'Left alone' },
      { signal: leaving.signal },
    ).catch(() => 'left')
    const waitingFaults = async () =>
      ((await (await fetch(faults, { headers })).json()) as { faults: unknown[] }).faults
    await expect.poll(waitingFaults).toEqual([])
    leaving.abort()
    expect(await left).toBe('left')
    const [, last] = requests(await recordsOf(server, place))
    expect(last).toMatchObject({
      tool: 'create_organization',
      status: 0,
      outcome: expect.stringMatching(/\w/),
    })
  })
})

describe('the file', () => {
  test('is continued after a restart; a torn last line is set aside and noted; its mode is 0600', async () => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token()
    await create(server, token, 'Before')
    await recordsOf(server, place)
    expect((await stat(place.file)).mode & 0o777).toBe(0o600)
    expect((await stat(place.keyFile)).mode & 0o777).toBe(0o600)

    const before = (await readRecords(place.file)).length
    await appendFile(place.file, '{"seq":99,"ts":"2026-')
    const torn = await verifyChain(place.file, await publicKeyOf(place))
    expect(torn).toMatchObject({ torn: 21, records: before })
    expect(torn.problem).toBeUndefined()

    const next = await start(place)
    await create(next, await next.token(), 'After')
    const records = await recordsOf(next, place)
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1))
    expect(records[before]).toMatchObject({ type: 'resumed', torn: 21, missing: 0 })
    const verified = await verifyChain(place.file, await publicKeyOf(place))
    expect(verified).toMatchObject({ records: records.length, torn: 0, withoutOutcome: [] })
    expect(verified.problem).toBeUndefined()
  })

  test('has one writer: a second server takes a file of its own, and the first again when it is free', async () => {
    const place = await auditPlace()
    const first = await start(place)
    const second = await start(place, {}, first)
    const token = await first.token()
    await list(first, token)
    await list(second, token)
    await recordsOf(second, place)
    expect(requests(await recordsOf(first, place))).toHaveLength(1)
    expect(requests(await readRecords(place.file.replace('.jsonl', '-2.jsonl')))).toHaveLength(1)
    await recordsOf(await start(place), place)
    expect((await readRecords(place.file)).filter(({ type }) => type === 'resumed')).toHaveLength(1)
  })

  test('a lock of a process that is gone is taken over', async () => {
    const place = await auditPlace()
    await recordsOf(await start(place), place)
    const { hostname } = await import('node:os')
    await writeFile(
      `${place.file}.lock`,
      JSON.stringify({ pid: 2 ** 22 + 1, started: '1', host: hostname() }),
    )
    await recordsOf(await start(place), place)
    expect((await readRecords(place.file)).some(({ type }) => type === 'resumed')).toBe(true)
  })

  test('that was cut off while nothing ran is noticed at the start, and stays noticed', async () => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token()
    for (let i = 0; i < 3; i++) await list(server, token)
    await recordsOf(server, place)
    const lines = (await readFile(place.file, 'utf8')).split('\n')
    await truncate(place.file, lines.slice(0, 2).join('\n').length + 1)
    const records = await recordsOf(await start(place), place)
    expect(records[2]).toMatchObject({ type: 'resumed', missing: lines.length - 1 - 2 })
    const { problem } = await verifyChain(place.file, await publicKeyOf(place))
    expect(problem).toMatchObject({ line: 3, kind: 'deletion' })
  })

  test('that this key did not sign, or that cannot be opened, ends the start with what to do', async () => {
    const place = await auditPlace()
    await recordsOf(await start(place), place)
    await rm(place.keyFile)
    await expect(start(place)).rejects.toThrow(
      /AUDIT_FILE: .*anchor is missing, damaged, or signed with another key/,
    )
    await expect(start({ file: '/dev/null/audit.jsonl' })).rejects.toThrow(/AUDIT_FILE: \/dev\/null/)
  })
})

describe('the file of a server that runs', () => {
  const changed = (server: ServerUnderTest) =>
    server.log.filter((line) => line.includes('was changed by something else'))

  test.each([
    ['renamed', async () => undefined],
    [
      'renamed, and an empty file is created (logrotate create)',
      (file: string) => writeFile(file, '', { mode: 0o600 }),
    ],
  ])('when %s: its chain continues in a new file, and both can be checked', async (_what, afterwards) => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token()
    await create(server, token, 'Before')
    const renamed = `${place.file}.1`
    await rename(place.file, renamed)
    await afterwards(place.file)
    expect(toolErrorOf(await create(server, token, 'After'))).toBeUndefined()
    const records = await recordsOf(server, place)

    const old = await readRecords(renamed)
    expect(old.at(-1)).toMatchObject({ type: 'rotated' })
    expect(records[0]).toMatchObject({ type: 'continued', seq: (old.at(-1)?.seq ?? 0) + 1 })
    expect(old.filter(({ type }) => type === 'intent')).toHaveLength(1)
    expect(records.filter(({ type }) => type === 'intent')).toHaveLength(1)
    expect(changed(server)).toEqual([])
    expect((await stat(place.file)).mode & 0o777).toBe(0o600)

    const both = await runToEnd(['audit', 'verify', renamed, place.file])
    expect(both).toMatchObject({ code: 0, stderr: '' })
    expect(both.stdout).toContain(`${renamed}: ${old.length} records, unchanged`)
    expect(both.stdout).toContain(
      `${place.file}: ${records.length} records, unchanged; continues record ${old.length} of an earlier file`,
    )
    // A cut tail of the older file is noticed, and a missing file between two.
    const text = await readFile(renamed, 'utf8')
    await writeFile(renamed, text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1))
    expect((await runToEnd(['audit', 'verify', renamed])).stdout).toContain('anchor')
    await writeFile(renamed, text)
    const other = `${place.file}.other`
    await copyFile(place.file, other)
    expect((await runToEnd(['audit', 'verify', other, place.file])).code).toBe(1)
  })

  test('when renamed again and again: three files are one chain, also over a restart', async () => {
    const place = await auditPlace()
    let server = await start(place)
    const files = [`${place.file}.2`, `${place.file}.1`, place.file]
    for (const name of files) {
      await create(server, await server.token(), `Before ${name}`)
      if (name === place.file) break
      await rename(place.file, name)
      await recordsOf(server, place)
      server = await start(place)
    }
    await recordsOf(server, place)
    const { code, stdout } = await runToEnd(['audit', 'verify', ...files])
    expect(stdout).not.toContain('missing')
    expect(code).toBe(0)
    const seqs = (await Promise.all(files.map(readRecords))).flat().map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  })

  test.each<[string, (file: string) => Promise<unknown>]>([
    ['removed', (file) => rm(file)],
    ['removed and created again', (file) => rm(file).then(() => writeFile(file, ''))],
    [
      'truncated (logrotate copytruncate)',
      (file) => copyFile(file, `${file}.1`).then(() => truncate(file, 0)),
    ],
    ['cut', async (file) => truncate(file, (await stat(file)).size - 1)],
    ['extended', (file) => appendFile(file, 'x')],
    ['replaced by a copy', (file) => copyFile(file, `${file}.copy`).then(() => rename(`${file}.copy`, file))],
    [
      'renamed, with another file in its place',
      async (file) => {
        await rename(file, `${file}.1`)
        await copyFile(`${file}.1`, file)
      },
    ],
  ])('when %s: an alert, writes are refused, reads go on, until it is reopened', async (_what, tamper) => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token()
    await create(server, token, 'Before')
    await tamper(place.file)
    const before = await server.read('organizations?page_size=100', DEV)
    for (let i = 0; i < 3; i++) {
      expect(toolErrorOf(await create(server, token, 'Unaudited'))).toMatchObject({
        code: 'audit_unavailable',
      })
    }
    expect((await server.read('organizations?page_size=100', DEV)).total_size).toBe(before.total_size)
    expect(toolErrorOf(await list(server, token))).toBeUndefined()
    expect(changed(server)).toEqual([expect.stringContaining('"alert":"audit"')])
  })

  test('when removed, it is noticed without a request, and stays refused', async () => {
    const place = await auditPlace()
    const server = await start(place)
    await rm(place.file)
    await expect.poll(() => changed(server)).toHaveLength(1)
    await expect(stat(place.file)).rejects.toThrow('ENOENT')
  })

  test('when its anchor is removed or moved, the next record writes a new one', async () => {
    const place = await auditPlace()
    const server = await start(place)
    const token = await server.token()
    await create(server, token, 'Before')
    await rename(`${place.file}.anchor`, `${place.file}.anchor.1`)
    await create(server, token, 'After')
    await recordsOf(server, place)
    expect((await verifyChain(place.file, await publicKeyOf(place))).problem).toBeUndefined()
  })
})

describe('while the disk is full', () => {
  test('writes are refused, reads go on, the log says so; then everything goes on', async () => {
    const place = await auditPlace()
    await symlink('/dev/full', place.file)
    const server = await start(place)
    const token = await server.token()
    const before = await server.read('organizations?page_size=100', DEV)
    const refused = await Promise.all(
      Array.from({ length: 10 }, (_, i) => create(server, token, `Unaudited ${i}`)),
    )
    for (const posted of refused) expect(toolErrorOf(posted)).toMatchObject({ code: 'audit_unavailable' })
    expect(toolErrorOf(await list(server, token))).toBeUndefined()
    const after = await server.read('organizations?page_size=100', DEV)
    const unaudited = Number(after.total_size) - Number(before.total_size)
    expect(unaudited).toBe(0)
    expect(server.log.join('')).toContain('"alert":"audit"')
    measure('G8', `${unaudited} of ${refused.length}`)

    await rm(place.file)
    await expect.poll(async () => toolErrorOf(await create(server, token, 'Audited again'))).toBeUndefined()
    const records = requests(await recordsOf(server, place))
    expect(records.filter(({ reason }) => reason === 'audit_unavailable').length).toBeGreaterThanOrEqual(10)
    expect((await verifyChain(place.file, await publicKeyOf(place))).problem).toBeUndefined()
  })
})

describe('scalekit-mcp audit verify', () => {
  test('ends with 0 for what was written, with 1 for what was changed, and says where', async () => {
    const place = await auditPlace()
    const server = await start(place)
    await create(server, await server.token(), 'A customer')
    const records = await recordsOf(server, place)

    const sound = await runToEnd(['audit', 'verify'], { AUDIT_FILE: place.file })
    expect(sound).toMatchObject({ code: 0, stderr: '' })
    expect(sound.stdout).toContain(`${place.file}: ${records.length} records, unchanged`)
    expect(sound.stdout).toContain(String((await publicKeyOf(place)).export({ type: 'spki', format: 'pem' })))

    const text = await readFile(place.file, 'utf8')
    await writeFile(place.file, text.replace('"outcome":"ok"', '"outcome":"no"'))
    const changed = await runToEnd(['audit', 'verify', place.file, '--key', place.keyFile])
    expect(changed.code).toBe(1)
    expect(changed.stdout).toMatch(/: line \d+: edit: its bytes are not those that were written/)

    const nothing = await runToEnd(['audit', 'verify', `${place.file}.gone`, '--key', place.keyFile])
    expect(nothing).toMatchObject({ code: 78, stderr: expect.stringContaining('cannot be read') })
  })

  test('finds the key next to a file that is given, from any folder', async () => {
    const place = await auditPlace()
    await recordsOf(await start(place), place)
    for (const file of [
      place.file,
      `${dirname(place.file)}/../${dirname(place.file).split('/').at(-1)}/audit.jsonl`,
    ]) {
      expect(await runToEnd(['audit', 'verify', file])).toMatchObject({ code: 0, stderr: '' })
    }
    await rm(place.keyFile)
    expect(await runToEnd(['audit', 'verify', place.file])).toMatchObject({
      code: 78,
      stderr: expect.stringContaining(`${place.keyFile} cannot be read`),
    })
  })
})
