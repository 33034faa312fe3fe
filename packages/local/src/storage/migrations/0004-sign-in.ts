import type { Migration } from './migration.js'

/** What the authentication log is asked by, codes and links that were sent, and what agents are given. */
export const signIn: Migration = {
  name: '0004-sign-in',
  statements: (text) => {
    const id = `id ${text} primary key, environment_id ${text} not null references environments (id) on delete cascade`
    const times = 'created_at bigint not null, updated_at bigint not null'
    return [
      `alter table auth_requests add column client_id ${text}`,
      `alter table auth_requests add column resource_id ${text}`,
      `create table passwordless_requests (${id}, email ${text} not null, code_hash ${text}, link_hash ${text} unique,
        attempts integer not null, expires_at bigint not null, data ${text} not null, ${times})`,
      'create index passwordless_requests_expiry on passwordless_requests (expires_at)',
      `create table mcp_configs (${id}, name ${text} not null, data ${text} not null, ${times},
        unique (environment_id, name))`,
      `create table custom_providers (${id}, identifier ${text} not null, data ${text} not null, ${times},
        unique (environment_id, identifier))`,
    ]
  },
}
