/**
 * Why a token is refused, by the `detail` of `invalid_token` in the log. A detail that begins with `json_` names the problem of
 * a part that is not strict JSON.
 */
export const TOKEN_REFUSALS = {
  ERR_JWT_CLAIM_VALIDATION_FAILED_aud: 'it is for another resource; `reason` has both',
  ERR_JWT_CLAIM_VALIDATION_FAILED_nbf: 'it is not valid yet: the clocks differ',
  ERR_JWT_CLAIM_VALIDATION_FAILED_iat: 'it was issued in the future, or too long ago: the clocks differ',
  ERR_JWT_EXPIRED_exp: 'it has expired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'its signature is not by the key that it names',
  alg_not_allowed: 'its algorithm is none of those that are accepted',
  aud_malformed: 'its audience is neither a text nor a list of texts',
  base64url_not_canonical:
    'a part could be written in another way, so a copy of it would look like another token',
  bound_to_a_key: 'it is bound to a key (`cnf`), which this server does not check',
  exp_before_iat: 'it expires before it was issued',
  header_not_allowed: 'its header brings a key or a processing rule along',
  identifier_malformed:
    '`sub`, `client_id` or `jti` is not a text of 1 to 255 characters without control characters',
  iss_not_accepted: 'its issuer is none of those that are accepted; `reason` has both',
  kid_malformed: 'its key id is not a text of 1 to 128 characters',
  kid_missing: 'it names no key, and the issuer has several',
  kid_unknown: 'the issuer has no key with its key id',
  lifetime_too_long: 'it is valid for more than 24 hours',
  not_a_json_object: 'its header or payload is not a JSON object',
  not_an_access_token: 'it is an ID token, a logout token, a security event or a DPoP proof',
  not_compact_jws: 'it is not a JWT',
  not_one_token: 'what follows `Bearer` is not one token',
  not_utf8: 'its header or payload is not UTF-8',
  revoked: 'it, or its session, has ended',
  token_too_long: 'it has more than 8,192 characters',
  typ_not_access_token: 'its type is not that of an access token',
  verification_failed: 'its signature could not be checked',
} as const satisfies Record<string, string>

/** An issuer or audience as it may be logged: a URL without user, query and fragment, or an id. Anything else may be a secret. */
const NAME = /^(https?:\/\/[\w.:[\]-]{1,253}(\/[\w.~/-]{0,200})?|[a-z]{2,10}_\d{1,30})$/

/** What a token names, for the log, where that is no secret by its form. */
export function shownName(value: unknown): string {
  const names = [value].flat().slice(0, 5)
  const shown = names.map((name) => (typeof name === 'string' && NAME.test(name) ? name : undefined))
  return shown.length > 0 && shown.every((name) => name !== undefined)
    ? shown.join(', ')
    : 'something that is not a URL'
}
