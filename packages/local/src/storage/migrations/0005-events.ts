import type { Migration } from './migration.js'

/** What happened, in the words of webhooks. */
export const events: Migration = {
  name: '0005-events',
  statements: (text) => [
    `create table events (id ${text} primary key,
      environment_id ${text} not null references environments (id) on delete cascade,
      organization_id ${text}, type ${text} not null, object ${text} not null, data ${text} not null,
      created_at bigint not null)`,
    'create index events_environment on events (environment_id, id)',
  ],
}
