import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { TOOL_CATALOGUE } from '../../package-files.js'
import type { Database } from '../../storage/database.js'
import type { ToolRow } from '../../storage/registry-schema.js'
import { Connector, type ProvidedTool } from './connector.js'
import { builtInTool, createdTool } from './tool-definition.js'

/** The connectors of an environment and their tools, by name. */
export interface Toolbox {
  readonly connectors: readonly Connector[]
  /** The tools as calls use them: the default version of each. */
  readonly tools: readonly ProvidedTool[]
  readonly versions: readonly ProvidedTool[]
  connector(provider: string): Connector | undefined
  tool(name: string): ProvidedTool | undefined
}

export interface ToolCatalogue {
  /** Scalekit's connectors that are simulated here, with what the seed and applications add to an environment. */
  of(environment: string): Promise<Toolbox>
}

/** The file and its parser are read when somebody first asks for tools. */
export function createToolCatalogue({ db }: Pick<Database, 'db'>): ToolCatalogue {
  let loading: Promise<Connector[]> | undefined
  return {
    async of(environment) {
      loading ??= readCatalogue()
      const rows = await db
        .selectFrom('connectors')
        .selectAll()
        .where('environment_id', '=', environment)
        .execute()
      const own = rows.map(({ identifier, display_name, auth_type, proxy_enabled, ...lists }) =>
        Connector.parse({
          ...{ identifier, display_name, auth_type },
          ...(proxy_enabled !== null && { proxy_enabled: proxy_enabled === 1 }),
          ...{ scopes: JSON.parse(lists.scopes), fields: JSON.parse(lists.fields) },
          ...{ tools: JSON.parse(lists.tools), requests: JSON.parse(lists.requests) },
        }),
      )
      const created = await db
        .selectFrom('tools')
        .selectAll()
        .where('environment_id', '=', environment)
        .orderBy('id')
        .execute()
      return toolboxOf(await loading, own, created)
    },
  }
}

async function readCatalogue(): Promise<Connector[]> {
  const { load } = await import('js-yaml')
  return z.array(Connector).parse(load(await readFile(TOOL_CATALOGUE, 'utf8')))
}

function toolboxOf(
  catalogue: readonly Connector[],
  own: readonly Connector[],
  created: readonly ToolRow[],
): Toolbox {
  const connectors = new Map(catalogue.map((connector) => [connector.identifier, connector]))
  for (const connector of own) {
    const before = connectors.get(connector.identifier)
    connectors.set(connector.identifier, before === undefined ? connector : changedBy(before, connector))
  }
  const replaced = new Set(created.filter(({ is_default }) => is_default === 1).map(({ name }) => name))
  const builtIn = new Map<string, ProvidedTool>()
  for (const { identifier: provider, tools: provided } of connectors.values())
    for (const tool of provided) builtIn.set(tool.name, builtInTool(tool, provider, !replaced.has(tool.name)))
  const versions = [...builtIn.values(), ...created.map(createdTool)].sort((a, b) =>
    a.name === b.name ? 0 : a.name < b.name ? -1 : 1,
  )
  const tools = new Map(versions.filter((tool) => tool.is_default).map((tool) => [tool.name, tool]))
  return {
    connectors: [...connectors.values()],
    tools: [...tools.values()],
    versions,
    connector: (provider) => connectors.get(provider),
    tool: (name) => tools.get(name),
  }
}

/** A connector of the catalogue with what the seed says about it: tools by their name, requests before those of the catalogue. */
function changedBy(before: Connector, own: Connector): Connector {
  const kept = before.tools.filter((tool) => !own.tools.some(({ name }) => name === tool.name))
  return {
    ...own,
    proxy_enabled: own.proxy_enabled ?? before.proxy_enabled,
    tools: [...kept, ...own.tools],
    requests: [...own.requests, ...before.requests],
  }
}
