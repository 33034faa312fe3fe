import type { TokenProfile } from '@scalekit-mcp/auth'
import type { Expectation } from '../../../test/hostile/checks.js'
import type { TokenCase } from '../../../test/hostile/corpus.js'
import { expectedIn } from '../../../test/hostile/verdict.js'
import type { TokenBuild, TokenDefaults } from './hostile-token.js'

type Members = Record<string, unknown>

/** How the tokens of a profile differ from those of RFC 9068, in which the corpus is written. */
interface Shape {
  readonly header: Members
  readonly names: Readonly<Record<string, string>>
  /** Of a token that breaks no rule; null takes a member away. */
  readonly claims: Members
  readonly scopesAreList?: boolean
}

const SHAPES: Partial<Record<TokenProfile, Shape>> = {
  // Without `jti`, a claim of its own keeps the tokens of one second apart.
  auth0: { header: { typ: 'JWT' }, names: { client_id: 'azp' }, claims: { jti: null, sid: '{{uuid}}' } },
  okta: {
    header: { typ: null },
    names: { client_id: 'cid', scope: 'scp' },
    claims: { ver: 1 },
    scopesAreList: true,
  },
  entra: {
    header: { typ: 'JWT', x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' },
    names: { client_id: 'azp', scope: 'scp', jti: 'uti' },
    claims: { oid: 'usr_1', ver: '2.0' },
  },
  keycloak: { header: { typ: 'JWT' }, names: { client_id: 'azp' }, claims: { typ: 'Bearer' } },
  cognito: { header: { typ: null }, names: {}, claims: { token_use: 'access' } },
}

const ACCEPTED: Expectation = { status: 200, upstream_calls: 1 }
const WITHOUT_SCOPES: Expectation = { status: 403, challenge_error: 'insufficient_scope', upstream_calls: 0 }

/** What an issuer's own form makes of a case. */
const DIFFERENCES: Readonly<Record<string, Partial<Record<TokenProfile, Expectation>>>> = {
  'valid-scopes-array': all(WITHOUT_SCOPES),
  'typ-jwt-access-token': all(ACCEPTED),
  'jti-missing': { auth0: ACCEPTED, entra: ACCEPTED },
  'scope-string-is-array': { okta: ACCEPTED },
}

function all(expected: Expectation): Partial<Record<TokenProfile, Expectation>> {
  return Object.fromEntries(Object.keys(SHAPES).map((profile) => [profile, expected]))
}

export function expectedWith(profile: TokenProfile, testCase: TokenCase): Expectation {
  if (profile === 'strict' || profile === 'scalekit-compat') return expectedIn(profile, testCase)
  return DIFFERENCES[testCase.name]?.[profile] ?? expectedIn('strict', testCase)
}

/** The tokens of the corpus, as an issuer of this profile would make them. */
export function shapedDefaults(profile: TokenProfile, { header, claims }: TokenDefaults): TokenDefaults {
  const shape = SHAPES[profile]
  if (!shape) return { header, claims }
  return {
    header: without({ ...header, ...shape.header }),
    claims: without({ ...renamed(claims, shape), ...shape.claims }),
  }
}

export function shapedBuild(profile: TokenProfile, build: TokenBuild): TokenBuild {
  const shape = SHAPES[profile]
  if (!shape) return build
  const { claims, mutate_claims, dup_claim } = build
  return {
    ...build,
    ...(claims && { claims: renamed(claims, shape) }),
    ...(mutate_claims && { mutate_claims: renamed(mutate_claims, shape) }),
    ...(dup_claim && {
      dup_claim: [
        shape.names[dup_claim[0]] ?? dup_claim[0],
        dup_claim[1],
        dup_claim[2],
      ] satisfies TokenBuild['dup_claim'],
    }),
  }
}

function renamed(claims: Members, { names, scopesAreList }: Shape): Members {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      names[name] ?? name,
      scopesAreList && name === 'scope' && typeof value === 'string' ? value.split(' ') : value,
    ]),
  )
}

function without(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
}
