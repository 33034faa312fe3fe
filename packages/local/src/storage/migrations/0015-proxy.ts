import type { Migration } from './migration.js'

/** What a connector of the seed answers through the proxy, and whether it may be called that way. */
export const proxy: Migration = {
  name: '0015-proxy',
  statements: (text) => [
    `alter table connectors add column requests ${text} not null default '[]'`,
    'alter table connectors add column proxy_enabled integer',
  ],
}
