import type { Migration } from './migration.js'

/** What the control API registers, the outbox, and the webhooks that wait for a retry: they outlive the process. */
export const controlState: Migration = {
  name: '0012-control-state',
  statements: (text) => [
    `create table control_state (id ${text} primary key, kind ${text} not null, sealed ${text} not null)`,
    'create index control_state_kind on control_state (kind, id)',
    `create table pending_deliveries (id ${text} primary key, event ${text} not null, endpoint ${text} not null,
      payload ${text} not null, attempt bigint not null, due_at bigint not null)`,
    'create index pending_deliveries_due on pending_deliveries (due_at)',
    `create table sealing_keys (id ${text} primary key, secret ${text} not null)`,
  ],
}
