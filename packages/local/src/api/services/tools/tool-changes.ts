import type { ServiceImpl } from '@connectrpc/connect'
import type { ToolService, tools } from '@scalekit-mcp/api'
import {
  createTool,
  deleteTool,
  type SentTool,
  setDefaultTool,
  updateTool,
} from '../../../domain/agent-tools/tool-changes.js'
import { notFound } from '../../../domain/domain-error.js'
import type { Store } from '../../../domain/store.js'
import { required } from '../../identity.js'
import { toTool } from '../../messages/tool-message.js'
import { environmentOf } from '../../request-context.js'

/** The tools that an application adds to those of connectors, each in one or more versions. */
export function toolChangeHandlers(store: Store): Partial<ServiceImpl<typeof ToolService>> {
  return {
    async createTool({ tool }, context) {
      const environment = environmentOf(context)
      return shown(environment, await createTool(store, environment, sentTool(tool)))
    },

    async updateTool({ tool }, context) {
      const environment = environmentOf(context)
      return shown(environment, await updateTool(store, environment, sentTool(tool)))
    },

    async setToolDefault({ name, schemaVersion, toolVersion }, context) {
      const environment = environmentOf(context)
      const version = { name, schema_version: schemaVersion, tool_version: toolVersion }
      return shown(environment, await setDefaultTool(store, environment, version))
    },

    async deleteTool({ id }, context) {
      await deleteTool(store, environmentOf(context), id)
      return {}
    },
  }

  async function shown(environment: string, id: string) {
    const { versions } = await store.agentTools.catalogue.of(environment)
    const tool = versions.find((one) => one.id === id)
    if (tool) return { tool: toTool(tool) }
    throw notFound(`The tool ${id} was deleted at the same time`)
  }
}

function sentTool(tool: tools.Tool | undefined): SentTool {
  const { definition, metadata, tags } = required(tool, 'tool')
  return { definition: required(definition, 'tool.definition'), metadata: metadata ?? {}, tags }
}
