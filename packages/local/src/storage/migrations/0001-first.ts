import type { Migration } from './migration.js'

/** The tables of `schema.ts`. `data` and the plural columns hold JSON text; times are milliseconds. */
export const first: Migration = {
  name: '0001-first',
  statements: (text) => {
    const times = 'created_at bigint not null, updated_at bigint not null'
    return [
      `create table environments (id ${text} primary key, display_name ${text} not null, type ${text} not null,
        region ${text} not null, data ${text} not null, ${times})`,

      `create table signing_keys (realm ${text} not null, kid ${text} not null, alg ${text} not null,
        private_jwk ${text} not null, created_at bigint not null, retired_at bigint, primary key (realm, kid))`,
      'create unique index signing_keys_active on signing_keys (realm) where retired_at is null',

      `create table clients (id ${text} primary key, realm ${text} not null, client_type ${text} not null,
        secrets ${text} not null, data ${text} not null, ${times})`,
      'create index clients_realm on clients (realm, id)',

      `create table resources (id ${text} primary key, realm ${text} not null, url ${text} not null,
        name ${text} not null, scopes ${text} not null, data ${text} not null, ${times})`,
      'create index resources_realm on resources (realm, id)',

      `create table members (id ${text} primary key, email ${text} not null unique, role ${text} not null,
        first_name ${text}, last_name ${text}, data ${text} not null, ${times})`,

      `create table organizations (id ${text} primary key,
        environment_id ${text} not null references environments (id) on delete cascade,
        display_name ${text} not null, external_id ${text}, slug ${text}, data ${text} not null, ${times},
        unique (environment_id, external_id))`,
      'create index organizations_environment on organizations (environment_id, id)',

      `create table users (id ${text} primary key,
        environment_id ${text} not null references environments (id) on delete cascade,
        email ${text} not null, external_id ${text}, data ${text} not null, ${times},
        unique (environment_id, email), unique (environment_id, external_id))`,
      'create index users_environment on users (environment_id, id)',

      `create table memberships (organization_id ${text} not null references organizations (id) on delete cascade,
        user_id ${text} not null references users (id) on delete cascade,
        status ${text} not null, roles ${text} not null, data ${text} not null, ${times},
        primary key (organization_id, user_id))`,
      'create index memberships_user on memberships (user_id)',

      `create table roles (id ${text} primary key,
        environment_id ${text} not null references environments (id) on delete cascade,
        organization_id ${text} references organizations (id) on delete cascade,
        name ${text} not null, display_name ${text} not null, description ${text} not null,
        extends ${text}, default_creator integer not null, default_member integer not null, ${times})`,
      `create unique index roles_name on roles (environment_id, coalesce(organization_id, ''), name)`,

      `create table permissions (id ${text} primary key,
        environment_id ${text} not null references environments (id) on delete cascade,
        name ${text} not null, description ${text} not null, ${times}, unique (environment_id, name))`,

      `create table role_permissions (role_id ${text} not null references roles (id) on delete cascade,
        permission_id ${text} not null references permissions (id) on delete cascade,
        primary key (role_id, permission_id))`,

      `create table oidc_records (realm ${text} not null, model ${text} not null, id_hash ${text} not null,
        payload ${text} not null, grant_id ${text}, uid ${text}, user_code ${text},
        consumed_at bigint, expires_at bigint, primary key (realm, model, id_hash))`,
      'create index oidc_records_grant on oidc_records (realm, grant_id)',
      'create index oidc_records_uid on oidc_records (realm, model, uid)',
      'create index oidc_records_expiry on oidc_records (expires_at)',

      `create table issued_tokens (realm ${text} not null, jti ${text} not null, grant_id ${text} not null,
        expires_at bigint not null, primary key (realm, jti))`,
      'create index issued_tokens_grant on issued_tokens (realm, grant_id)',

      `create table revoked_tokens (realm ${text} not null, jti ${text} not null,
        expires_at bigint not null, primary key (realm, jti))`,

      `create table used_assertions (realm ${text} not null, issuer ${text} not null, jti ${text} not null,
        expires_at bigint not null, primary key (realm, issuer, jti))`,
    ]
  },
}
