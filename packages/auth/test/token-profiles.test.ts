import { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { families, type IssuerFamily, type TokenParts } from './issuer-tokens.js'

const RESOURCE = 'https://mcp.example.com/mcp'
type Members = Record<string, unknown>

describe('tokens of other issuers', () => {
  let authority: Authority
  const open: TokenVerifier[] = []

  beforeAll(async () => {
    authority = await startAuthority()
  })
  afterAll(async () => {
    for (const made of open) made.close()
    await authority.close()
  })

  const issuerOf = ({ path }: IssuerFamily) => `${authority.issuer}${path}`

  function verifierFor(family: IssuerFamily, options: Partial<TokenVerifierOptions> = {}): TokenVerifier {
    const { jwksUrl } = authority
    const { profile, audience = RESOURCE } = family
    const made = createTokenVerifier({ issuers: [issuerOf(family)], audience, jwksUrl, profile, ...options })
    open.push(made)
    return made
  }

  function tokenOf(family: IssuerFamily, { header, claims }: TokenParts, changes: Members = {}): string {
    const named = { iss: issuerOf(family), aud: family.audience ?? RESOURCE, ...claims, ...changes }
    return mint(rsaKey, named, header)
  }

  describe.each(Object.entries(families))('%s', (_name, family) => {
    const { accessToken, idToken } = family

    test('its access token is accepted with its profile, with client and scopes', async () => {
      const caller = await verifierFor(family).verify(tokenOf(family, accessToken))
      expect(caller).toMatchObject({ issuer: issuerOf(family), clientId: family.clientId })
      expect(caller.tokenId).toBe(family.tokenId)
      expect([...caller.scopes]).toEqual(['env:read', 'org:read'])
      expect(caller.audience).toEqual([family.audience ?? RESOURCE])
    })

    test('no claim is taken for the organization, unless it is named', async () => {
      const token = tokenOf(family, accessToken, { oid: 'ada', org_id: 'org_1' })
      expect((await verifierFor(family).verify(token)).organizationId).toBeUndefined()
      const named = await verifierFor(family, { claims: { organization: 'org_id' } }).verify(token)
      expect(named).toMatchObject({ organizationId: 'org_1', clientId: family.clientId })
    })

    test('its ID token is refused', async () => {
      const refused = { code: 'invalid_token' }
      await expect(verifierFor(family).verify(tokenOf(family, idToken))).rejects.toMatchObject(refused)
      const forResource = tokenOf(family, idToken, { aud: family.audience ?? RESOURCE })
      await expect(verifierFor(family).verify(forResource)).rejects.toMatchObject(refused)
    })

    test('its access token is refused for another audience, and by another issuer', async () => {
      const elsewhere = { aud: 'https://other.example/mcp', client_id: 'other', azp: 'other' }
      const refused = { code: 'invalid_token' }
      await expect(verifierFor(family).verify(tokenOf(family, accessToken, elsewhere))).rejects.toMatchObject(
        refused,
      )
      await expect(
        verifierFor(family, { audience: 'https://other.example/mcp' }).verify(tokenOf(family, accessToken)),
      ).rejects.toMatchObject(refused)
      const foreign = tokenOf(family, accessToken, { iss: `${authority.issuer}/other` })
      await expect(verifierFor(family).verify(foreign)).rejects.toMatchObject({ detail: 'iss_not_accepted' })
    })

    test('a token that is bound to a key, or without a subject, is refused', async () => {
      for (const changes of [{ cnf: { jkt: 'x' } }, { sub: null }, { exp: 1 }]) {
        const token = tokenOf(family, accessToken, changes)
        await expect(verifierFor(family).verify(token)).rejects.toMatchObject({ code: 'invalid_token' })
      }
    })
  })

  const ownForms = Object.entries(families).filter(
    ([, { accessToken }]) => accessToken.header.typ !== 'at+jwt',
  )
  test.each(ownForms)('%s: its access token is refused without its profile', async (_name, family) => {
    for (const other of ['strict', 'scalekit-compat'] as const) {
      const verifier = verifierFor(family, { profile: other })
      await expect(verifier.verify(tokenOf(family, family.accessToken))).rejects.toMatchObject({
        code: 'invalid_token',
      })
    }
  })

  const family = (name: string): IssuerFamily => {
    const found = families[name]
    if (!found) throw new Error(`There is no family ${name}`)
    return found
  }

  test.each<[string, string, Members, Members, string]>([
    ['Auth0 without a client', 'Auth0', { azp: null }, {}, 'identifier_malformed'],
    ['Okta without cid', 'Okta', { cid: null, client_id: 'x' }, {}, 'ERR_JWT_CLAIM_VALIDATION_FAILED_cid'],
    ['Okta with the type of another token', 'Okta', {}, { typ: 'logout+jwt' }, 'typ_not_access_token'],
    ['Okta with a type that is no name', 'Okta', {}, { typ: [] }, 'typ_not_access_token'],
    ['Entra with a certificate', 'Entra, version 1.0', {}, { x5c: ['MIIB'] }, 'header_not_allowed'],
    ['Keycloak with a refresh token', 'Keycloak', { typ: 'Refresh' }, {}, 'not_an_access_token'],
    ['Keycloak without the claim typ', 'Keycloak', { typ: null }, {}, 'ERR_JWT_CLAIM_VALIDATION_FAILED_typ'],
    [
      'Keycloak with at+jwt and another kind',
      'Keycloak',
      { typ: 'ID' },
      { typ: 'at+jwt' },
      'not_an_access_token',
    ],
    ['Cognito for another app client', 'Cognito', { client_id: 'other' }, {}, 'client_not_accepted'],
    [
      'Cognito for another resource, by an app client that is accepted',
      'Cognito',
      { aud: 'https://other.example/mcp' },
      {},
      'ERR_JWT_CLAIM_VALIDATION_FAILED_aud',
    ],
    [
      'Cognito with an object in aud',
      'Cognito',
      { aud: { of: null } },
      {},
      'ERR_JWT_CLAIM_VALIDATION_FAILED_aud',
    ],
    ['Cognito with another use', 'Cognito', { token_use: 'id' }, {}, 'not_an_access_token'],
    ['Cognito with a nonce', 'Cognito', { nonce: 'n' }, {}, 'not_an_access_token'],
  ])('refused: %s', async (_what, name, changes, header, detail) => {
    const { accessToken } = family(name)
    const token = tokenOf(
      family(name),
      { header: { ...accessToken.header, ...header }, claims: accessToken.claims },
      changes,
    )
    await expect(verifierFor(family(name)).verify(token)).rejects.toMatchObject({
      code: 'invalid_token',
      detail,
    })
  })

  test('scopes count in the form of the issuer only', async () => {
    const granted = async (name: string, changes: Members) =>
      (await verifierFor(family(name)).verify(tokenOf(family(name), family(name).accessToken, changes)))
        .scopes.size
    expect(await granted('Okta', { scp: 'env:read' })).toBe(0)
    expect(await granted('Okta', { scp: null, scope: 'env:read' })).toBe(0)
    expect(await granted('Entra, version 2.0', { scp: ['env:read'] })).toBe(0)
    expect(await granted('Entra, version 2.0', { scp: null, roles: ['env:read'] })).toBe(0)
    expect(await granted('Auth0', { scope: ['env:read'] })).toBe(0)
    expect(await granted('Auth0', { scope: null, permissions: ['env:read'] })).toBe(0)
  })

  test('claims can be named where no profile fits: Ory Hydra, with client_id and a list in scp', async () => {
    const options = { profile: 'okta', claims: { clientId: 'client_id', scopes: 'scp' } } as const
    const hydra = {
      ...({ profile: 'okta', path: '/', clientId: 'app', tokenId: undefined } as const),
      accessToken: { header: { typ: 'JWT' }, claims: { client_id: 'app', scp: ['env:read'], ext: {} } },
      idToken: { header: {}, claims: {} },
    }
    const caller = await verifierFor(hydra, options).verify(tokenOf(hydra, hydra.accessToken))
    expect([caller.clientId, ...caller.scopes]).toEqual(['app', 'env:read'])
    const asString = await verifierFor(hydra, options).verify(
      tokenOf(hydra, hydra.accessToken, { scp: 'env:read org:read' }),
    )
    expect([...asString.scopes]).toEqual(['env:read', 'org:read'])
    const unnamed = verifierFor(hydra, { ...options, claims: { clientId: 'toString' } })
    await expect(unnamed.verify(tokenOf(hydra, hydra.accessToken))).rejects.toMatchObject({
      detail: 'ERR_JWT_CLAIM_VALIDATION_FAILED_toString',
    })
  })

  test('a profile that does not exist is a TypeError', () => {
    const profile = 'toString' as 'strict'
    expect(() => verifierFor(family('Okta'), { profile })).toThrow(
      'profile must be strict, scalekit-compat, auth0, okta, entra, keycloak or cognito',
    )
  })
})
