import { AuthError, createTokenVerifier, type TokenProfile, type TokenVerifier } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { readCorpora } from '../../../test/hostile/corpus.js'
import { type Authority, rsaKey, startAuthority } from './authority.js'
import { shapedDefaults } from './hostile-profiles.js'
import { buildToken } from './hostile-token.js'
import { resolve } from './hostile-values.js'

const { defaults } = readCorpora().tokens
const audience = 'https://mcp.example.com/mcp'
const profiles = ['strict', 'scalekit-compat', 'auth0', 'okta', 'entra', 'keycloak', 'cognito'] as const

const clientClaim: Readonly<Partial<Record<TokenProfile, string>>> = {
  auth0: 'azp',
  okta: 'cid',
  entra: 'azp',
  keycloak: 'azp',
}
const tokenIdClaim: Readonly<Partial<Record<TokenProfile, string>>> = { entra: 'uti' }

/** Takes the member away. */
const MISSING = Symbol('missing')
const long = 'x'.repeat(300)
const notText = [MISSING, null, true, 0, -1, 1.5, '', [], [null], {}, { a: 1 }, long, 'a\u0000b']
const notTime = [
  MISSING,
  null,
  true,
  0,
  -1,
  1.5,
  '',
  'tomorrow',
  '9999999999',
  [],
  [9_999_999_999],
  {},
  1e300,
]

/** Every member that says what a token is, and values that it must not have. */
const HEADER: Readonly<Record<string, readonly unknown[]>> = {
  alg: [MISSING, null, '', 0, [], {}, 'none', 'NONE', 'HS256', 'HS512', 'RS1', 'RSA-OAEP', 'rs256'],
  kid: [null, '', ' ', 0, [], {}, '../../etc/passwd%00', "' or 1=1", 'x'.repeat(129), 'another'],
  typ: [null, 0, [], {}, true, 'ID', 'dpop+jwt', 'logout+jwt', 'secevent+jwt', 'at+jwt;a=b', 'at+jwt '],
  jku: ['https://evil.example/keys'],
  jwk: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }],
  x5u: ['https://evil.example/certificate'],
  x5c: [['AQAB']],
  'x5t#S256': ['AQAB'],
  crit: [['exp'], []],
  b64: [false, true],
  zip: ['DEF'],
  enc: ['A128GCM'],
  cty: ['JWT'],
}
const CLAIMS: Readonly<Record<string, readonly unknown[]>> = {
  iss: [...notText, 'https://evil.example', 'https://evil.example@auth.example.com'],
  sub: notText,
  aud: [...notText, 'https://evil.example', [audience.toUpperCase()], `${audience}/`, `${audience} `],
  exp: notTime,
  iat: notTime,
  nbf: [null, true, 'now', [], {}, 99_999_999_999],
  CLIENT: notText,
  TOKEN_ID: [null, true, 0, '', [], {}, long],
}

/** What other kinds of token have: refused where not the type alone says that a token is an access token. */
const OTHER_KINDS: Readonly<Record<string, readonly unknown[]>> = {
  nonce: ['n'],
  at_hash: ['h'],
  c_hash: ['h'],
  s_hash: ['h'],
  events: [{}],
  htm: ['POST'],
  htu: [audience],
}
/** Values of the claim in which some issuers say that a token is an access token. */
const otherMarks = [
  MISSING,
  null,
  '',
  0,
  true,
  [],
  ['Bearer', 'access'],
  {},
  'ID',
  'id',
  'Refresh',
  'Logout',
  'bearer',
  'ACCESS',
]
const KINDS: Partial<Record<TokenProfile, Readonly<Record<string, readonly unknown[]>>>> = {
  auth0: OTHER_KINDS,
  okta: OTHER_KINDS,
  entra: OTHER_KINDS,
  keycloak: { ...OTHER_KINDS, typ: otherMarks },
  cognito: { ...OTHER_KINDS, token_use: otherMarks },
}

const casesOf = (profile: TokenProfile) =>
  Object.entries({ header: HEADER, claims: { ...CLAIMS, ...KINDS[profile] } }).flatMap(([part, members]) =>
    Object.entries(members).flatMap(([name, values]) => values.map((value) => ({ part, name, value }))),
  )

describe.each<TokenProfile>(profiles)('members of a token, profile %s', (profile) => {
  let authority: Authority
  let verifier: TokenVerifier
  beforeAll(async () => {
    authority = await startAuthority()
    verifier = createTokenVerifier({
      issuers: [authority.issuer],
      jwksUrl: authority.jwksUrl,
      audience,
      profile,
    })
  })
  afterAll(async () => {
    verifier.close()
    await authority.close()
  })

  const nameIn = (name: string) => {
    if (name === 'CLIENT') return clientClaim[profile] ?? 'client_id'
    return name === 'TOKEN_ID' ? (tokenIdClaim[profile] ?? 'jti') : name
  }

  /** A good token of the profile, with one member replaced. */
  function tokenWith(part?: string, name = '', value?: unknown): string {
    const names = { kid: rsaKey.kid, iss: authority.issuer, aud: audience, host: 'mcp.example.com' }
    const shaped = resolve(shapedDefaults(profile, defaults), names) as Record<
      string,
      Record<string, unknown>
    >
    const replaced = { ...shaped, ...(part && { [part]: { ...shaped[part], [nameIn(name)]: value } }) }
    const text = (member: string) =>
      JSON.stringify(replaced[member], (_, each) => (each === MISSING ? undefined : each))
    const build = { kind: 'jws', raw_header: text('header'), raw_payload: text('claims'), sign_alg: 'RS256' }
    return buildToken(build, defaults, names)
  }

  test('has 250 hostile tokens, with those of the corpus', () => {
    const hostile = readCorpora().tokens.cases.filter(({ group }) => group !== 'control')
    expect(hostile.length + casesOf(profile).length).toBeGreaterThanOrEqual(250)
  })

  test('a good token is accepted', async () => {
    await expect(verifier.verify(tokenWith())).resolves.toMatchObject({ subject: 'usr_1' })
  })

  let refusals = 0
  test.each(casesOf(profile))('$part, $name: $value is refused', async ({ part, name, value }) => {
    const refused = await verifier.verify(tokenWith(part, name, value)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AuthError)
    expect(refused).toMatchObject({ code: 'invalid_token', status: 401 })
    refusals++
  })

  test('none was accepted', () => {
    const count = casesOf(profile).length
    expect(refusals).toBe(count)
    measure('A7', `0 of ${count} with ${profile}`)
  })
})
