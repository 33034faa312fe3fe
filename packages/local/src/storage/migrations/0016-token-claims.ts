import type { Migration } from './migration.js'

/** What access tokens say, for those who look at them: never the tokens. */
export const tokenClaims: Migration = {
  name: '0016-token-claims',
  statements: (text) => [
    `create table token_claims (jti ${text} primary key, realm ${text} not null, claims ${text} not null,
      issued_at bigint not null, expires_at bigint not null)`,
    'create index token_claims_issued on token_claims (issued_at)',
  ],
}
