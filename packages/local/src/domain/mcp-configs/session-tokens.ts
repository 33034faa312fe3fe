import { SignJWT } from 'jose'
import { z } from 'zod'
import { type Clock, seconds } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import { newId } from '../../storage/ids.js'
import { SIGNING_ALGORITHM, type SigningKeys } from '../../storage/keys.js'
import { realmExists, realmIssuer } from '../environments/realm.js'
import { signedPayload } from '../tokens/signed-payload.js'

export const ACCESS_LEVELS = ['FULL', 'READ_ONLY'] as const

/** Distinguishes these tokens from others that the same keys sign. */
const TOKEN_TYPE = 'mcp_session'
const HEADER_TYPE = 'JWT'

const Claims = z.object({
  sub: z.string(),
  aud: z.string(),
  token_type: z.literal(TOKEN_TYPE),
  /** The accounts that it may use. */
  ca_ids: z.array(z.string()).min(1),
  /** The configuration or the connection whose server it is for. */
  mcp_cfg: z.string().optional(),
  conn_id: z.string().optional(),
  access_level: z.enum(ACCESS_LEVELS),
})

/** The verified claims of a token for one user at one MCP server. Deleted accounts are not checked here. */
export type McpSession = Omit<z.infer<typeof Claims>, 'token_type'>

export interface McpSessionTokens {
  /** Signs a token with the key of the environment. */
  issue(environment: string, session: McpSession, lifetimeSeconds: number): Promise<string>
  /** The session of a token of this environment for this audience that has not expired; otherwise undefined. */
  verify(environment: string, audience: string, token: string): Promise<McpSession | undefined>
}

export function createMcpSessionTokens(deps: {
  baseUrl: string
  database: Database
  keys: SigningKeys
  clock: Clock
}): McpSessionTokens {
  const { baseUrl, database, keys, clock } = deps
  return {
    async issue(environment, session, lifetimeSeconds) {
      const key = await keys.of(environment)
      const now = seconds(clock)
      const times = { iat: now, nbf: now, exp: now + lifetimeSeconds }
      const iss = realmIssuer(baseUrl, environment)
      return new SignJWT({ iss, ...session, token_type: TOKEN_TYPE, ...times, jti: newId('tkn') })
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: HEADER_TYPE, kid: key.kid })
        .sign(key.privateKey)
    },

    async verify(environment, audience, token) {
      if (!(await realmExists(database, environment))) return undefined
      const payload = await signedPayload(deps, environment, token, {
        typ: HEADER_TYPE,
        issuer: realmIssuer(baseUrl, environment),
        audience,
        requiredClaims: ['exp', 'iat', 'sub'],
      })
      return Claims.safeParse(payload).data
    },
  }
}
