import type { Migration } from './migration.js'

/** Several entries of a directory may have one external id: it is the client's (RFC 7643, section 3.1). */
export const sharedExternalIds: Migration = {
  name: '0010-shared-external-ids',
  statements: (text) =>
    ['directory_users', 'directory_groups'].flatMap((table) => [
      `create table next_${table} (id ${text} primary key,
        environment_id ${text} not null references environments (id) on delete cascade,
        directory_id ${text} references directories (id) on delete cascade, external_id ${text} not null,
        data ${text} not null, created_at bigint not null, updated_at bigint not null)`,
      `insert into next_${table} (id, environment_id, directory_id, external_id, data, created_at, updated_at)
        select id, environment_id, directory_id, external_id, data, created_at, updated_at from ${table}`,
      `drop table ${table}`,
      `alter table next_${table} rename to ${table}`,
      `create index ${table}_environment on ${table} (environment_id, id)`,
      `create index ${table}_directory on ${table} (directory_id, id)`,
    ]),
}
