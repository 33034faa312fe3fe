/** RFC 8693, section 2.1. */
export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** RFC 7523, section 2.1, which draft-ietf-oauth-identity-assertion-authz-grant builds on. */
export const ID_JAG_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
