import { createPublicKey, type KeyObject } from 'node:crypto'
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import type { AuditEvent } from './audit-event.js'
import { openAuditLog } from './audit-log.js'
import { verifyChain } from './verify-chain.js'

const event = (number: number): AuditEvent => ({
  type: 'request',
  requestId: `request-${number}`,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  address: '192.0.2.1',
  method: 'POST',
  place: 'mcp',
  status: 200,
  decision: 'allowed',
  milliseconds: number,
})

let folder: string
let original: Buffer
let lines: string[]
let publicKey: KeyObject
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scalekit-chain-'))
  const file = join(folder, 'audit.jsonl')
  const log = await openAuditLog({ file, keyFile: join(folder, 'key.pem'), onAlert: () => undefined })
  for (let i = 0; i < 40; i++) await (i % 3 === 0 ? log.commit(event(i)) : log.note(event(i)))
  await log.close()
  original = await readFile(file)
  lines = original.toString('latin1').split('\n').slice(0, -1)
  publicKey = createPublicKey(await readFile(join(folder, 'key.pem')))
  await copyFile(`${file}.anchor`, join(folder, 'changed.jsonl.anchor'))
})

async function verify(bytes: Buffer | string) {
  const changed = join(folder, 'changed.jsonl')
  await writeFile(changed, bytes, 'latin1')
  return verifyChain(changed, publicKey)
}
const joined = (all: readonly string[]) => all.map((line) => `${line}\n`).join('')
const lineNumber = () => fc.nat(lines.length - 1)

test('a line has the bytes that earlier versions wrote', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scalekit-chain-'))
  const file = join(folder, 'audit.jsonl')
  const log = await openAuditLog({ file, keyFile: join(folder, 'key.pem'), onAlert: () => undefined })
  await log.commit({ ...event(7), rpc: undefined, reason: 'é\u2028' } as AuditEvent)
  await log.close()
  const [, line, checkpoint] = (await readFile(file, 'latin1'))
    .replace(/"ts":"[^"]{24}"/g, '"ts":""')
    .split('\n')
  expect(line).toMatch(
    /^\{"seq":2,"ts":"","type":"request","requestId":"request-7","traceId":"0af7651916cd43dd8448eb211c80319c","address":"192.0.2.1","method":"POST","place":"mcp","status":200,"decision":"allowed","milliseconds":7,"reason":"\\u00e9\\u2028","prev":"[\w-]{43}","hash":"[\w-]{43}"\}$/,
  )
  expect(checkpoint).toMatch(
    /^\{"seq":3,"ts":"","type":"checkpoint","signature":"[\w-]{86}","prev":"[\w-]{43}","hash":"[\w-]{43}"\}$/,
  )
})

describe('a changed audit log', () => {
  test('as it was written, nothing is wrong', async () => {
    expect(await verify(original)).toEqual({
      records: lines.length,
      end: expect.objectContaining({ seq: lines.length }),
      torn: 0,
      withoutOutcome: [],
    })
  })

  test('no edit of a byte, no deletion, swap or truncation stays unseen, 1,000 of them', async () => {
    let undetected = 0
    const sees = async (bytes: Buffer | string, kinds: readonly string[]) => {
      const { problem } = await verify(bytes)
      if (!problem) undetected++
      expect(kinds).toContain(problem?.kind)
    }
    const runs = { numRuns: 250 }
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bytes = Buffer.from(original)
        bytes[at] = (bytes[at] ?? 0) ^ mask
        await sees(bytes, ['edit', 'truncation', 'deletion', 'swap'])
      }),
      runs,
    )
    await fc.assert(
      fc.asyncProperty(lineNumber(), fc.integer({ min: 1, max: 5 }), async (from, count) => {
        await sees(joined(lines.toSpliced(from, count)), ['deletion', 'truncation'])
      }),
      runs,
    )
    await fc.assert(
      fc.asyncProperty(lineNumber(), lineNumber(), async (one, other) => {
        fc.pre(one !== other)
        const swapped = lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '')
        await sees(joined(swapped), ['swap'])
      }),
      runs,
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), async (length) => {
        await sees(original.subarray(0, length), ['truncation'])
      }),
      runs,
    )
    expect(undetected).toBe(0)
    measure('G4', `${undetected} of 1,000`)
  })

  test('a chain that was computed anew is not signed', async () => {
    const other = join(folder, 'other')
    const log = await openAuditLog({
      file: join(other, 'audit.jsonl'),
      keyFile: join(other, 'key.pem'),
      onAlert: () => undefined,
    })
    for (let i = 0; i < 5; i++) log.note(event(i))
    await log.close()
    await copyFile(join(other, 'audit.jsonl.anchor'), join(other, 'copy'))
    expect((await verifyChain(join(other, 'audit.jsonl'), publicKey)).problem).toMatchObject({
      kind: 'signature',
    })
  })

  test('a checkpoint stands after every 1,000 records', async () => {
    const file = join(folder, 'long', 'audit.jsonl')
    const log = await openAuditLog({ file, keyFile: join(folder, 'key.pem'), onAlert: () => undefined })
    for (let i = 0; i < 2_500; i++) log.note(event(i))
    await log.close()
    const records = (await readFile(file, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    const checkpoints = records.filter(({ type }) => type === 'checkpoint').map(({ seq }) => seq)
    expect(checkpoints).toEqual([1_001, 2_002, records.length])
    expect((await verifyChain(file, publicKey)).problem).toBeUndefined()
  })
})
