import type { Migration } from './migration.js'

/** The tools that applications create, next to those of the catalogue and of the seed. */
export const tools: Migration = {
  name: '0014-tools',
  statements: (text) => [
    `create table tools (id ${text} primary key,
      environment_id ${text} not null references environments (id) on delete cascade, provider ${text} not null,
      name ${text} not null, schema_version ${text} not null, tool_version ${text} not null, is_default integer not null,
      definition ${text} not null, metadata ${text} not null, tags ${text} not null,
      created_at bigint not null, updated_at bigint not null,
      unique (environment_id, name, schema_version, tool_version))`,
    // Two that are created at the same moment are not both the default.
    'create unique index tools_default on tools (environment_id, name) where is_default = 1',
  ],
}
