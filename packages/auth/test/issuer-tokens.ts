import type { TokenProfile } from '@scalekit-mcp/auth'

type Members = Record<string, unknown>

/** The members of a token that replace those of `mint`; null takes one away. */
export interface TokenParts {
  readonly header: Members
  readonly claims: Members
}

/** What an issuer's tokens look like. */
export interface IssuerFamily {
  readonly profile: TokenProfile
  /** Below the address of the authority. */
  readonly path: string
  /** What the resource is called in `aud`, where that is not its URL. */
  readonly audience?: string
  readonly accessToken: TokenParts
  readonly idToken: TokenParts
  /** What the access token says. */
  readonly clientId: string
  readonly tokenId: string | undefined
}

const TENANT = '2f1c4b6e-0d3a-4c57-9b1e-7a2d5e8f9c01'
const APPLICATION = '6e74172b-be56-4843-9ff4-e66a39bb12e3'
const CLIENT = '1fec8e78-bce4-4aaf-ab1b-5451cc387264'
const ID_TOKEN = { nonce: 'n-0S6_WzA2Mj', at_hash: '77QmUPtjPfzWtF2AnpK9RQ', email: 'ada@acme.example' }
/** What `mint` adds and these issuers do not send. */
const WITHOUT = { client_id: null, jti: null }

const ENTRA_TOKEN = {
  ...WITHOUT,
  aio: 'AXQAi/8TAAAA',
  oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  rh: '0.AAAA',
  scp: 'env:read org:read',
  sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  tid: TENANT,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
}

/** Access tokens and ID tokens as the issuers' documentation shows them; token-profiles.ts has the links. */
export const families: Readonly<Record<string, IssuerFamily>> = {
  Auth0: {
    profile: 'auth0',
    path: '/',
    accessToken: {
      header: { typ: 'JWT' },
      claims: { ...WITHOUT, sub: 'auth0|507f1f77bcf8', azp: 'my_client_id', scope: 'env:read org:read' },
    },
    idToken: {
      header: { typ: 'JWT' },
      claims: { ...WITHOUT, ...ID_TOKEN, aud: 'my_client_id', sub: 'auth0|507f1f77bcf8', sid: 'u-dLw' },
    },
    clientId: 'my_client_id',
    tokenId: undefined,
  },
  'Auth0 with the RFC 9068 profile': {
    profile: 'auth0',
    path: '/',
    accessToken: {
      header: { typ: 'at+jwt' },
      claims: { client_id: 'my_client_id', jti: 'gYPtVGzWDDcLGKbBTRdkxA', scope: 'env:read org:read' },
    },
    idToken: {
      header: { typ: 'JWT' },
      claims: { ...WITHOUT, ...ID_TOKEN, aud: 'my_client_id' },
    },
    clientId: 'my_client_id',
    tokenId: 'gYPtVGzWDDcLGKbBTRdkxA',
  },
  Okta: {
    profile: 'okta',
    path: '/oauth2/default',
    accessToken: {
      header: { typ: null },
      claims: {
        ...{ ver: 1, jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE', client_id: null },
        ...{ cid: '0oabskvc6442nkvQO0h7', uid: '00ujmkLgagxeRrAg20g3', auth_time: 1311280970 },
        ...{ scp: ['env:read', 'org:read'], sub: 'ada@acme.example' },
      },
    },
    idToken: {
      header: { typ: null },
      claims: {
        ...{ ...ID_TOKEN, ver: 1, jti: 'ID.4eAWJOCMB3SX8XewDfVR', client_id: null, amr: ['pwd'] },
        ...{ aud: '0oabskvc6442nkvQO0h7', idp: '00ok1u7AsAkrwdZL3z0g3', sub: '00ujmkLgagxeRrAg20g3' },
      },
    },
    clientId: '0oabskvc6442nkvQO0h7',
    tokenId: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
  },
  'Entra, version 1.0': {
    profile: 'entra',
    path: `/${TENANT}/`,
    accessToken: {
      header: { typ: 'JWT', x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' },
      claims: {
        ...ENTRA_TOKEN,
        ...{ ver: '1.0', appid: CLIENT, appidacr: '1', unique_name: 'ada@acme.example', acr: '1' },
      },
    },
    idToken: {
      header: { typ: 'JWT', x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' },
      claims: { ...ENTRA_TOKEN, scp: null, aud: CLIENT, ver: '1.0', nonce: 'n' },
    },
    clientId: CLIENT,
    tokenId: 'fqiBqXLPj0eQa82S-IYFAA',
  },
  'Entra, version 2.0': {
    profile: 'entra',
    path: `/${TENANT}/v2.0`,
    audience: APPLICATION,
    accessToken: {
      header: { typ: 'JWT' },
      claims: {
        ...ENTRA_TOKEN,
        ver: '2.0',
        azp: CLIENT,
        azpacr: '1',
        preferred_username: 'ada@acme.example',
      },
    },
    idToken: {
      // An application that calls itself: the audience of both tokens is the same.
      header: { typ: 'JWT' },
      claims: { ...ENTRA_TOKEN, scp: null, ver: '2.0', name: 'Ada', preferred_username: 'ada@acme.example' },
    },
    clientId: CLIENT,
    tokenId: 'fqiBqXLPj0eQa82S-IYFAA',
  },
  Keycloak: {
    profile: 'keycloak',
    path: '/realms/acme',
    accessToken: {
      header: { typ: 'JWT' },
      claims: {
        ...{ typ: 'Bearer', jti: 'onrtro:5a3a8a8c-0f0e-4a0c', client_id: null, azp: 'my-client', sid: 's' },
        ...{ acr: '1', realm_access: { roles: ['offline_access'] }, scope: 'env:read org:read' },
      },
    },
    idToken: {
      header: { typ: 'JWT' },
      claims: { typ: 'ID', client_id: null, azp: 'my-client', acr: '1', email: 'ada@acme.example' },
    },
    clientId: 'my-client',
    tokenId: 'onrtro:5a3a8a8c-0f0e-4a0c',
  },
  Cognito: {
    profile: 'cognito',
    path: '/us-east-1_example',
    audience: '1example23456789',
    accessToken: {
      header: { typ: null },
      claims: {
        ...{ aud: null, client_id: '1example23456789', token_use: 'access', version: 2, username: 'ada' },
        ...{ jti: 'aaaaaaaa-bbbb-cccc', origin_jti: 'o', event_id: 'e', auth_time: 1676312777 },
        ...{ 'cognito:groups': ['g'], scope: 'env:read org:read' },
      },
    },
    idToken: {
      header: { typ: null },
      claims: {
        ...{ aud: '1example23456789', token_use: 'id', jti: 'aaaaaaaa-bbbb-cccc', client_id: null },
        ...{ 'cognito:username': 'ada', email: 'ada@acme.example', auth_time: 1676312777 },
      },
    },
    clientId: '1example23456789',
    tokenId: 'aaaaaaaa-bbbb-cccc',
  },
}
