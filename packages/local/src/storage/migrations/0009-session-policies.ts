import type { Migration } from './migration.js'

/** By which policy a session lasts and what it was used for, and the ends of sessions that applications are to be told of. */
export const sessionPolicies: Migration = {
  name: '0009-session-policies',
  statements: (text) => [
    `create table sessions (id ${text} primary key, realm ${text} not null, uid ${text} not null unique,
      user_id ${text} not null, uses ${text} not null, created_at bigint not null, last_active_at bigint not null,
      absolute_expires_at bigint not null, idle_ms bigint)`,
    `create table session_endings (id ${text} primary key, realm ${text} not null, data ${text} not null,
      created_at bigint not null)`,
    'create index oidc_records_uid_anywhere on oidc_records (uid)',
  ],
}
