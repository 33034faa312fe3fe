import type { Migration } from './migration.js'

/** Named copies of all data. */
export const snapshots: Migration = {
  name: '0003-snapshots',
  statements: (text) => [
    `create table snapshots (name ${text} primary key, tables ${text} not null, created_at bigint not null)`,
  ],
}
