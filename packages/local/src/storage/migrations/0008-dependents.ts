import type { Migration } from './migration.js'

/**
 * What ends with what: tokens with their grant, session, user, client and organization, and so on. `issued_tokens`
 * stays for an earlier version that runs on the same database during an upgrade.
 */
export const dependents: Migration = {
  name: '0008-dependents',
  statements: (text) => [
    `create table dependents (realm ${text} not null, kind ${text} not null, id ${text} not null,
      depends_on ${text} not null, expires_at bigint not null, primary key (kind, id, depends_on))`,
    'create index dependents_cause on dependents (depends_on)',
    'create index dependents_expiry on dependents (expires_at)',
    `insert into dependents (realm, kind, id, depends_on, expires_at)
      select realm, 'token', jti, 'grant:' || grant_id, expires_at from issued_tokens`,
    'create index oidc_records_grant_anywhere on oidc_records (grant_id)',
    'create index oidc_records_hash on oidc_records (id_hash)',
  ],
}
