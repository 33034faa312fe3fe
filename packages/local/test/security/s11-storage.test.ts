import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { measure } from '../../../../test/harness/measure.js'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { authorize, postForm, WORKSPACE_CLIENT } from '../oauth/authorization-code.js'
import { application, CLIENT, DEV } from '../oauth/sso-client.js'
import { codeFor, control, refresh, tokensOf } from './attack.js'

let directory = ''
let local: LocalScalekit
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-storage-'))
  local = await createLocalScalekit({ data: directory, port: 0 })
})
afterAll(async () => {
  await local.close()
  await rm(directory, { recursive: true })
})

/** Every byte that is on the disk, of every file: the database, its write-ahead log and its index. */
async function dump(): Promise<Buffer> {
  const names = await readdir(directory)
  expect(names.some((name) => name.endsWith('-wal'))).toBe(true)
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))))
}

it('S11: no code, token, secret or link is in a file of the database', async () => {
  const secrets: Record<string, string> = {
    'the seeded client secret': WORKSPACE_CLIENT.client_secret,
    'the client secret': CLIENT.client_secret,
  }
  const { issuer, client_id, redirect, redeemWith, verifier, challenge } = await codeFor(local.url)
  secrets['a code'] = redirect.searchParams.get('code') ?? ''
  const first = await tokensOf(await redeemWith(verifier))
  const second = await tokensOf(await refresh(issuer, client_id, first.refresh_token))
  secrets['a refresh token'] = first.refresh_token
  secrets['its successor'] = second.refresh_token
  secrets['an access token'] = second.access_token.split('.')[2] ?? ''
  const unused = await authorize({ issuer, client_id, challenge })
  secrets['a code that nobody redeemed'] = unused.searchParams.get('code') ?? ''

  const sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT.client_id, CLIENT.client_secret)
  const m2m = await sdk.m2m.createOrganizationClient('org_100000000000000001', { name: 'Machine' })
  secrets['the secret of a machine'] = m2m.plainSecret
  const portal = await sdk.organization.generatePortalLink('org_100000000000000001')
  secrets['a portal link'] = new URL(portal.location).pathname.split('/').pop() ?? ''
  const passwordless = await sdk.passwordless.sendPasswordlessEmail('ana@acme.example', {
    state: 'x',
    magiclinkAuthUri: 'http://localhost:3000/link',
  })
  expect(passwordless.authRequestId).toBeTruthy()

  const app = application(local.url)
  const at = await app.start({})
  await at.browser.submit(at.url, at.page, { email: 'ana@acme.example', way: 'email' })
  const outbox = (await (await control(local.url, 'outbox')).json()) as {
    messages: { link?: string }[]
  }
  for (const [index, message] of outbox.messages.entries()) {
    if (message.link) secrets[`link ${index} of an e-mail`] = linkToken(message.link)
  }
  const chosen = await app.start({})
  const signedIn = await chosen.browser.submit(chosen.url, chosen.page, { email: 'ana@acme.example' })
  const cookie = chosen.browser.cookies().find(({ name }) => name.startsWith('session_'))
  secrets['a session'] = cookie?.value ?? ''
  secrets['a code of an application'] = new URL(signedIn.url).searchParams.get('code') ?? ''
  await postForm(`${issuer}/oauth/revoke`, { client_id, token: second.refresh_token })

  const bytes = await dump()
  const found: string[] = []
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThanOrEqual(16)
    for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
      if (bytes.includes(Buffer.from(secret).toString(encoding))) found.push(`${name} in ${encoding}`)
    }
  }
  expect(found).toEqual([])
  // The reader sees what is there.
  expect(bytes.includes('ana@acme.example')).toBe(true)
  expect(bytes.includes(client_id)).toBe(true)
  measure(
    'S11',
    `${found.length} of ${Object.keys(secrets).length} kinds of secrets found in the database and its WAL`,
  )
})

function linkToken(link: string): string {
  return new URL(link).searchParams.get('link_token') ?? ''
}
