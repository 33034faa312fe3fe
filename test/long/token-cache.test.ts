import { createTokenVerifier } from '@scalekit-mcp/auth'
import { expect, test } from 'vitest'
import { ecKey, mint, startAuthority } from '../../packages/auth/test/authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'

test('of 10,000 verified tokens the one that was not used for longest is forgotten', async () => {
  const authority = await startAuthority()
  const verifier = createTokenVerifier({ issuers: [authority.issuer], audience: AUDIENCE })
  const token = () =>
    mint(ecKey, { iss: authority.issuer, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 3600 })
  const [first, second] = [token(), token()]
  const others = Array.from({ length: 9_999 }, token)
  const [forgotten, kept] = [await verifier.verify(first), await verifier.verify(second)]
  for (const other of others.slice(0, -1)) await verifier.verify(other)
  expect(await verifier.verify(second)).toBe(kept)
  await verifier.verify(others.at(-1) ?? '')
  expect(await verifier.verify(second)).toBe(kept)
  expect(await verifier.verify(first)).not.toBe(forgotten)
  verifier.close()
  await authority.close()
})
