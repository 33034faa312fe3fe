import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Clock } from '../../storage/clock.js'
import { SIGNING_ALGORITHM, type SigningKeys } from '../../storage/keys.js'

/**
 * The payload of a token that a key of this realm signed, and that fits the options and the time; otherwise
 * undefined. Asking for the keys of a realm makes them: call it for a realm that exists.
 */
export async function signedPayload(
  { keys, clock }: { keys: SigningKeys; clock: Clock },
  realm: string,
  token: string,
  options: Pick<JWTVerifyOptions, 'typ' | 'issuer' | 'audience' | 'requiredClaims'>,
): Promise<JWTPayload | undefined> {
  const keySet = await keys.of(realm)
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = kid === undefined ? undefined : keySet.publicKey(kid)
        if (key === undefined) throw new errors.JWKSNoMatchingKey()
        return key
      },
      { ...options, algorithms: [SIGNING_ALGORITHM], currentDate: new Date(clock.now()) },
    )
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
