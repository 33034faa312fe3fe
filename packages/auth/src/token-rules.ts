/**
 * Why a token is refused: every `detail` of `invalid_token`, for the reference. Those with `ERR_` are codes of jose, with the
 * claim at the end.
 */
export const TOKEN_RULES: Readonly<Record<string, string>> = {
  not_one_token:
    'the text after `Bearer` is no token: it has a space or other characters that tokens do not have',
  token_too_long: 'the token is longer than an access token is',
  not_compact_jws: 'the token is no JWT of three parts',
  base64url_not_canonical: 'a part of the token is not base64url, or has another spelling of the same bytes',
  not_utf8: 'header or claims are not UTF-8',
  not_a_json_object: 'header or claims are no JSON object',
  json_syntax: 'header or claims are not JSON',
  json_duplicate_member: 'header or claims have a member twice',
  json_too_deep: 'header or claims are nested too deeply',
  json_too_many_values: 'header or claims have too many members',
  alg_not_allowed: 'the algorithm is not RS256 or ES256',
  header_not_allowed: 'the header has a member that brings keys or changes the meaning of the token',
  kid_malformed: '`kid` is no name of a key',
  kid_missing: 'the token names no key, and the issuer has several',
  kid_unknown: 'the issuer has no such key: the token is of another environment',
  typ_not_access_token:
    '`typ` is neither `at+jwt` nor one that the profile accepts, like `JWT` with Scalekit: an ID token, or a token without `typ`',
  not_an_access_token:
    'the token has claims of an ID token, a logout token or a proof, or not those of an access token of this profile',
  iss_not_accepted: 'another issuer made the token; the log has both in `explanation`',
  aud_malformed: '`aud` is no string or list of strings',
  identifier_malformed: '`sub`, `client_id` or `jti` is empty, too long or has control characters',
  exp_before_iat: 'the token expires before it is issued',
  lifetime_too_long: 'the token is valid for more than 24 hours',
  bound_to_a_key: 'the token is bound to a key (`cnf`) and is no bearer token',
  client_not_accepted:
    'with the profile `cognito`: the token has no `aud`, and its client is not in `audience`; the log has both in `explanation`',
  exchange_invalid_request:
    'the issuer does not accept the token in a token exchange: it has expired or was revoked',
  exchange_invalid_grant: 'the same, as other issuers say it',
  exchange_invalid_token: 'the same, as other issuers say it',
  revoked: 'the authorization server says that the token is not active',
  ERR_JWT_EXPIRED_exp: 'the token has expired',
  ERR_JWT_EXPIRED_iat: 'the token was issued more than 24 hours ago',
  ERR_JWT_CLAIM_VALIDATION_FAILED_aud: 'the token is for another resource; the log has both in `explanation`',
  ERR_JWT_CLAIM_VALIDATION_FAILED_exp: '`exp` is missing or no number',
  ERR_JWT_CLAIM_VALIDATION_FAILED_iat: '`iat` is missing, no number, or in the future: compare the clocks',
  ERR_JWT_CLAIM_VALIDATION_FAILED_nbf: '`nbf` is no number, or in the future: compare the clocks',
  ERR_JWT_CLAIM_VALIDATION_FAILED_sub: '`sub` is missing',
  ERR_JWT_CLAIM_VALIDATION_FAILED_client_id: '`client_id` is missing',
  ERR_JWT_CLAIM_VALIDATION_FAILED_azp: 'with the profile `keycloak`: `azp`, the client, is missing',
  ERR_JWT_CLAIM_VALIDATION_FAILED_cid: 'with the profile `okta`: `cid`, the client, is missing',
  ERR_JWT_CLAIM_VALIDATION_FAILED_token_use: 'with the profile `cognito`: `token_use` is missing',
  ERR_JWT_CLAIM_VALIDATION_FAILED_typ: 'with the profile `keycloak`: the claim `typ` is missing',
  ERR_JWT_CLAIM_VALIDATION_FAILED_jti: '`jti` is missing',
  ERR_JWKS_NO_MATCHING_KEY: 'no key of the issuer is for this algorithm',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'several keys of the issuer have this `kid`',
  ERR_JWS_INVALID: 'the token is no valid JWS',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature is not of the issuer',
  verification_failed: 'the signature could not be checked with the key of the issuer',
}
