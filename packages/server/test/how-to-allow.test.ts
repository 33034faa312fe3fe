import { Secret } from '@scalekit-mcp/auth'
import { expect, test } from 'vitest'
import { howToAllow } from '../src/http/how-to-allow.js'

const caller = (clientId: string) => ({
  ...{
    issuer: 'https://acme.scalekit.com',
    subject: 'usr_1',
    clientId,
    audience: [],
    expiresAt: 0,
    claims: {},
  },
  scopes: new Set(['organization:read']),
  token: new Secret(''),
})

test('a model is told what its user can do, with the command of the client where it has one', () => {
  const codex = howToAllow(caller('https://chatgpt.com/oauth/codex/client.json'), ['organization:write'])
  expect(codex).toContain(
    'with the command: codex mcp login scalekit --scopes organization:read,organization:write.',
  )
  const other = howToAllow(caller('constructor'), ['organization:write'])
  expect(other).toMatch(/^Ask the user to sign in to this server again and to allow them\. .*access=write\.$/)
  // RFC 6750 section 3: what a quoted error_description may hold.
  for (const text of [codex, other]) expect(text).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
})
