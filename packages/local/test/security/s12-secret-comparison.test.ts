import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { secretMatches } from '../../src/storage/secret-hash.js'
import { postForm } from '../oauth/authorization-code.js'
import { CLIENT, DEV } from '../oauth/sso-client.js'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ memory: true, port: 0 })
})
afterAll(() => local.close())

const source = (file: string) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')

it('S12: secrets are compared as hashes, in constant time, and in one place', () => {
  const comparison = source('storage/secret-hash.ts')
  expect(comparison).toContain("createHash('sha256')")
  expect(comparison).toContain('timingSafeEqual(a, b)')
  expect(comparison).not.toMatch(/===\s*(hash|secret)|(hash|secret)\s*===/)
  expect(source('oauth/clients/client-secrets.ts')).toContain('return secretMatches(secret,')
  expect(source('oauth/server/authorization-server.ts')).toContain('prototype.compareClientSecret = function')
})

it('S12: every hash of a client is compared, wherever the right one is', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const hashes = ['a', 'b', 'c'].map(hash)
  for (const right of ['a', 'b', 'c']) expect(secretMatches(right, hashes)).toBe(true)
  for (const wrong of ['', 'd', hashes[0] ?? '', 'no active secret']) {
    expect(secretMatches(wrong, hashes)).toBe(false)
    expect(secretMatches(wrong, ['no active secret'])).toBe(false)
  }
})

it('S12: an unknown client is told the same as a wrong secret, at every endpoint that asks for one', async () => {
  const attempts = [
    { client_id: CLIENT.client_id, client_secret: 'wrong' },
    { client_id: CLIENT.client_id, client_secret: `${CLIENT.client_secret}x` },
    { client_id: CLIENT.client_id, client_secret: CLIENT.client_secret.slice(0, -1) },
    { client_id: 'skc_999999999999999999', client_secret: CLIENT.client_secret },
    { client_id: 'skc_0', client_secret: CLIENT.client_secret },
    { client_id: 'm2m_999999999999999999', client_secret: 'wrong' },
    { client_id: 'nobody', client_secret: 'wrong' },
  ]
  const asked = [
    ['token', { grant_type: 'client_credentials' }],
    ['introspect', { token: 'x' }],
    ['revoke', { token: 'x' }],
  ] as const
  for (const [endpoint, fields] of asked) {
    const answers = await Promise.all(
      attempts.map(async (attempt) => {
        const response = await postForm(`${local.url}/${DEV}/oauth/${endpoint}`, { ...fields, ...attempt })
        return { status: response.status, body: await response.json() }
      }),
    )
    for (const answer of answers) expect(answer, endpoint).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  }
})

it('S12: a client that does not exist stays unknown where nobody proves anything', async () => {
  const query = new URLSearchParams({ client_id: 'skc_0', redirect_uri: 'x', response_type: 'code' })
  const response = await fetch(`${local.url}/${DEV}/oauth/authorize?${query}`, { redirect: 'manual' })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('invalid_client')
})
