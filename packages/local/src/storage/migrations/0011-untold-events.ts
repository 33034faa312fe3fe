import type { Migration } from './migration.js'

/** The events that applications are to be told of, and the device that a session began on. */
export const untoldEvents: Migration = {
  name: '0011-untold-events',
  statements: (text) => [
    `create table untold_events (id ${text} primary key references events (id) on delete cascade)`,
    `alter table sessions add column device ${text}`,
  ],
}
