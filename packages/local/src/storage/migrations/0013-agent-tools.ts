import type { Migration } from './migration.js'

/** The connectors that a seed adds to the catalogue, the log of tool calls, and when accounts were last used. */
export const agentTools: Migration = {
  name: '0013-agent-tools',
  statements: (text) => {
    const id = `id ${text} primary key, environment_id ${text} not null references environments (id) on delete cascade`
    return [
      `create table connectors (${id}, identifier ${text} not null, display_name ${text} not null,
        auth_type ${text} not null, scopes ${text} not null, fields ${text} not null, tools ${text} not null,
        created_at bigint not null, updated_at bigint not null, unique (environment_id, identifier))`,
      `create table tool_calls (${id}, execution_id ${text} not null unique, agent_run_id ${text},
        tool_name ${text} not null, provider ${text} not null, connected_account_id ${text} not null,
        connection_id ${text} not null, connection_name ${text} not null, identifier ${text} not null,
        user_id ${text}, organization_id ${text}, source ${text} not null, status ${text} not null,
        error_tier ${text} not null, error_code ${text} not null, error_message ${text} not null,
        duration_ms bigint not null, created_at bigint not null)`,
      'alter table connected_accounts add column last_used_at bigint',
      'create index connectors_environment on connectors (environment_id, id)',
      'create index tool_calls_environment on tool_calls (environment_id, id)',
    ]
  },
}
