import type { Migration } from './migration.js'

/** The tables of `registry-schema.ts`. */
export const registry: Migration = {
  name: '0002-registry',
  statements: (text) => {
    const id = `id ${text} primary key, environment_id ${text} not null references environments (id) on delete cascade`
    const entry = `data ${text} not null, created_at bigint not null, updated_at bigint not null`
    const owned = (column: string, table: string) =>
      `${column} ${text} references ${table} (id) on delete cascade`
    const organization = owned('organization_id', 'organizations')
    const tables = {
      scopes: `${id}, name ${text} not null, description ${text} not null, enabled integer not null,
        created_at bigint not null, updated_at bigint not null, unique (environment_id, name)`,
      m2m_clients: `${id}, ${organization}, ${owned('resource_id', 'resources')}, secrets ${text} not null, ${entry}`,
      connections: `${id}, ${organization}, type ${text} not null, provider ${text} not null,
        key_id ${text} not null, status ${text} not null, enabled integer not null, ${entry},
        unique (environment_id, key_id)`,
      domains: `${id}, ${organization}, connection_id ${text} references connections (id) on delete set null,
        domain ${text} not null, type ${text} not null, status ${text} not null, ${entry}`,
      directories: `${id}, ${organization}, type ${text} not null, provider ${text} not null,
        name ${text} not null, enabled integer not null, secrets ${text} not null, ${entry}`,
      directory_users: `${id}, ${owned('directory_id', 'directories')}, external_id ${text} not null, ${entry},
        unique (directory_id, external_id)`,
      directory_groups: `${id}, ${owned('directory_id', 'directories')}, external_id ${text} not null, ${entry},
        unique (directory_id, external_id)`,
      connected_accounts: `${id}, ${owned('connection_id', 'connections')}, identifier ${text} not null,
        ${organization}, ${owned('user_id', 'users')}, status ${text} not null, ${entry},
        unique (connection_id, identifier)`,
      links: `${id}, ${organization}, ${owned('connected_account_id', 'connected_accounts')},
        token_hash ${text} not null unique, expires_at bigint not null, redeemed_at bigint,
        data ${text} not null, created_at bigint not null`,
      api_tokens: `${id}, ${organization}, ${owned('user_id', 'users')}, token_hash ${text} not null unique,
        expires_at bigint, ${entry}`,
      ended_sessions: `${id}, ${owned('user_id', 'users')}, ${entry}`,
      auth_requests: `${id}, status ${text} not null, email ${text} not null, ${entry}`,
      passkeys: `${id}, ${owned('user_id', 'users')}, ${entry}`,
    }
    return Object.entries(tables).flatMap(([name, columns]) => [
      `create table ${name} (${columns})`,
      `create index ${name}_environment on ${name} (environment_id, id)`,
    ])
  },
}
