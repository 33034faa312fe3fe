import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { agentkitLogs, tools } from '@scalekit-mcp/api'
import { type ProvidedTool, toolTitle } from '../../domain/agent-tools/connector.js'
import type { ToolCallRow } from '../../storage/registry-schema.js'

export function toTool(tool: ProvidedTool): MessageInitShape<typeof tools.ToolSchema> {
  const { name, description, input_schema, output_schema, category } = tool
  const { schema_version, tool_version } = tool
  const display_name = toolTitle(tool)
  const annotations = {
    title: display_name,
    read_only_hint: tool.read_only,
    destructive_hint: tool.destructive,
    idempotent_hint: tool.read_only,
    open_world_hint: true,
    ...tool.annotations,
  }
  const definition = {
    ...{ name, display_name, description, input_schema },
    ...(output_schema && { output_schema }),
    ...(category !== undefined && { category }),
    ...(!tool.built_in && { schema_version, tool_version }),
    annotations,
  }
  return {
    id: tool.id,
    provider: tool.provider,
    definition: definition as JsonObject,
    metadata: tool.metadata as JsonObject,
    tags: tool.tags,
    isDefault: tool.is_default,
    updatedAt: timestampFromMs(tool.updated_at),
  }
}

export function toToolCallLog(row: ToolCallRow): MessageInitShape<typeof agentkitLogs.ToolCallLogSchema> {
  return {
    id: row.id,
    environmentId: row.environment_id,
    executionId: row.execution_id,
    ...(row.agent_run_id !== null && { agentRunId: row.agent_run_id }),
    toolName: row.tool_name,
    provider: row.provider,
    connectedAccountId: row.connected_account_id,
    connectionId: row.connection_id,
    connectionName: row.connection_name,
    identifier: row.identifier,
    userId: row.user_id ?? '',
    ...(row.organization_id !== null && { organizationId: row.organization_id }),
    source: row.source,
    status: row.status,
    errorTier: row.error_tier,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    durationMs: BigInt(row.duration_ms),
    startedAt: timestampFromMs(row.created_at),
  }
}
