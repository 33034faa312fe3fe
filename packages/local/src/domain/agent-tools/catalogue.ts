import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { TOOL_CATALOGUE } from '../../package-files.js'
import type { Database } from '../../storage/database.js'
import { Connector, type ProvidedTool } from './connector.js'

/** The connectors of an environment and their tools, by name. */
export interface Toolbox {
  readonly connectors: readonly Connector[]
  readonly tools: readonly ProvidedTool[]
  connector(provider: string): Connector | undefined
  tool(name: string): ProvidedTool | undefined
}

export interface ToolCatalogue {
  /** Scalekit's connectors that are simulated here, with what the seed adds to an environment or changes in it. */
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
      return toolboxOf(await loading, own)
    },
  }
}

async function readCatalogue(): Promise<Connector[]> {
  const { load } = await import('js-yaml')
  return z.array(Connector).parse(load(await readFile(TOOL_CATALOGUE, 'utf8')))
}

function toolboxOf(catalogue: readonly Connector[], own: readonly Connector[]): Toolbox {
  const connectors = new Map(catalogue.map((connector) => [connector.identifier, connector]))
  for (const connector of own) {
    const before = connectors.get(connector.identifier)
    connectors.set(connector.identifier, before === undefined ? connector : changedBy(before, connector))
  }
  const tools = new Map<string, ProvidedTool>()
  for (const { identifier: provider, tools: provided } of connectors.values())
    for (const tool of provided) tools.set(tool.name, { ...tool, provider })
  const byName = [...tools.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    connectors: [...connectors.values()],
    tools: byName,
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
