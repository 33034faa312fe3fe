/** Token type identifiers: RFC 8693, section 3, and draft-ietf-oauth-identity-assertion-authz-grant. */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
export const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token'
export const ID_JAG_TYPE = 'urn:ietf:params:oauth:token-type:id-jag'
