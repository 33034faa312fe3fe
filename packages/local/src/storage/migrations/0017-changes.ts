import type { Migration } from './migration.js'

/** Which calls of the API changed something, and what they named: never what they said. */
export const changes: Migration = {
  name: '0017-changes',
  statements: (text) => [
    `create table changes (id ${text} primary key,
      environment_id ${text} not null references environments (id) on delete cascade,
      method ${text} not null, caller ${text} not null, about ${text} not null, created_at bigint not null)`,
    'create index changes_environment on changes (environment_id, id)',
  ],
}
