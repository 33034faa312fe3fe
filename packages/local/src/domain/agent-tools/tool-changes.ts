import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ToolRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { describeProblems } from '../describe-problems.js'
import { alreadyExists, failedPrecondition, invalid, notFound } from '../domain-error.js'
import type { Store } from '../store.js'
import type { Toolbox } from './catalogue.js'
import { FIRST_VERSION, ToolDefinition } from './tool-definition.js'

type Db = Kysely<Schema>

/** A tool as an application sends it. */
export interface SentTool {
  readonly definition: unknown
  readonly metadata: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
}

/** A version of a tool by its name. */
export type NamedVersion = Pick<ToolRow, 'name' | 'schema_version' | 'tool_version'>

/**
 * Creates a tool, or another version of one. It belongs to the provider that its name starts with. The first version of a
 * name is the default.
 * @throws {DomainError} `invalid` for the definition, and for a name of no provider; `already_exists`
 */
export async function createTool(store: Store, environment: string, sent: SentTool): Promise<string> {
  const definition = await checkedDefinition(sent.definition)
  const { name } = definition
  const version = { name, ...versionOf(definition) }
  const toolbox = await store.agentTools.catalogue.of(environment)
  const provider = await providerOfName(store.database.db, environment, toolbox, name)
  const taken = toolbox.versions.find((tool) => isVersion(tool, version))
  if (taken !== undefined) throw alreadyExists(`The tool ${taken.id} is ${described(version)}`)
  const now = store.clock.now()
  const row = {
    ...{ id: newId('tol'), environment_id: environment, provider, ...version },
    ...columnsOf(definition, sent),
    ...{ created_at: now, updated_at: now },
  }
  const isBuiltIn = toolbox.versions.some((tool) => tool.built_in && tool.name === name)
  await store.database.transaction(async (db) => {
    const others = await versionsOf(db, environment, name)
    const is_default = Number(!isBuiltIn && others.length === 0)
    await db
      .insertInto('tools')
      .values({ ...row, is_default })
      .execute()
  })
  return row.id
}

/**
 * Replaces the definition, metadata and tags of a tool, found by its name: of the version that the definition names, else of
 * the default one, else of the latest. Returns its id.
 * @throws {DomainError} `invalid` for the definition, `not_found`, `failed_precondition` for a tool of the catalogue
 */
export async function updateTool(store: Store, environment: string, sent: SentTool): Promise<string> {
  const definition = await checkedDefinition(sent.definition)
  const { name, schema_version, tool_version } = definition
  const toolbox = await store.agentTools.catalogue.of(environment)
  return store.database.transaction(async (db) => {
    const found = (await versionsOf(db, environment, name))
      .filter((row) => schema_version === undefined || row.schema_version === schema_version)
      .filter((row) => tool_version === undefined || row.tool_version === tool_version)
    const row = found.find(({ is_default }) => is_default === 1) ?? found.at(-1)
    if (row === undefined) {
      const builtIn = toolbox.versions.find((tool) => tool.built_in && tool.name === name)
      throw builtIn ? isOfCatalogue(builtIn.name) : notFound(`There is no tool ${described(definition)}`)
    }
    await db
      .updateTable('tools')
      .set({ ...columnsOf(definition, sent), updated_at: store.clock.now() })
      .where('id', '=', row.id)
      .execute()
    return row.id
  })
}

/**
 * Makes a version the one that calls use. Returns its id.
 * @throws {DomainError} `not_found`
 */
export async function setDefaultTool(
  { database, agentTools }: Store,
  environment: string,
  wanted: NamedVersion,
): Promise<string> {
  const { versions } = await agentTools.catalogue.of(environment)
  const tool = versions.find((one) => isVersion(one, wanted))
  if (tool === undefined) throw notFound(`There is no tool ${described(wanted)}`)
  await database.transaction((db) => makeDefault(db, environment, wanted.name, tool.id))
  return tool.id
}

/**
 * Deletes a version of a tool. Where it was the default, the one of the catalogue or else the latest takes its place.
 * @throws {DomainError} `not_found`, `failed_precondition` for a tool of the catalogue
 */
export async function deleteTool(
  { database, agentTools }: Store,
  environment: string,
  id: string,
): Promise<void> {
  const { versions } = await agentTools.catalogue.of(environment)
  const tool = versions.find((one) => one.id === id)
  if (tool === undefined) throw notFound(`There is no tool ${JSON.stringify(id)} in this environment`)
  if (tool.built_in) throw isOfCatalogue(tool.name)
  const isBuiltIn = versions.some((one) => one.built_in && one.name === tool.name)
  await database.transaction(async (db) => {
    await db.deleteFrom('tools').where('environment_id', '=', environment).where('id', '=', id).execute()
    const left = await versionsOf(db, environment, tool.name)
    const latest = left.at(-1)
    const hasDefault = isBuiltIn || left.some(({ is_default }) => is_default === 1)
    if (latest !== undefined && !hasDefault) await makeDefault(db, environment, tool.name, latest.id)
  })
}

/** The version with this id, and no other of the name: none where it is the one of the catalogue. */
async function makeDefault(db: Db, environment: string, name: string, id: string): Promise<void> {
  for (const [is_default, comparison] of [
    [0, '!='],
    [1, '='],
  ] as const)
    await db
      .updateTable('tools')
      .set({ is_default })
      .where('environment_id', '=', environment)
      .where('name', '=', name)
      .where('id', comparison, id)
      .execute()
}

function versionsOf(db: Db, environment: string, name: string): Promise<ToolRow[]> {
  return db
    .selectFrom('tools')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('name', '=', name)
    .orderBy('id')
    .execute()
}

async function checkedDefinition(sent: unknown): Promise<ToolDefinition> {
  const parsed = ToolDefinition.safeParse(sent)
  if (!parsed.success) {
    const violations = parsed.error.issues.map(({ path, message }) => ({
      field: ['tool.definition', ...path].join('.'),
      description: message,
    }))
    throw invalid(`tool.definition: ${describeProblems(parsed.error)}`, violations)
  }
  // The library is large, and few environments create tools.
  const { schemaProblem } = await import('./compile-schema.js')
  for (const field of ['input_schema', 'output_schema'] as const) {
    const schema = parsed.data[field]
    const problem = schema && schemaProblem(schema)
    if (problem !== undefined)
      throw invalid(`tool.definition.${field}: not a JSON Schema (${problem})`, [
        { field: `tool.definition.${field}`, description: 'must be a JSON Schema' },
      ])
  }
  return parsed.data
}

/** The provider whose key, in lower case, is the start of a name: `gmail_archive` is of GMAIL. The longest key wins. */
async function providerOfName(
  db: Db,
  environment: string,
  { connectors }: Toolbox,
  name: string,
): Promise<string> {
  const custom = await db
    .selectFrom('custom_providers')
    .select('identifier')
    .where('environment_id', '=', environment)
    .execute()
  const [provider] = [...connectors, ...custom]
    .map(({ identifier }) => identifier)
    .filter((key) => name.startsWith(`${key.toLowerCase()}_`))
    .sort((a, b) => b.length - a.length)
  if (provider !== undefined) return provider
  const description = 'must start with the key of a provider in lower case, as gmail_ does'
  throw invalid(`tool.definition.name: ${description}`, [{ field: 'tool.definition.name', description }])
}

function columnsOf(definition: ToolDefinition, { metadata, tags }: SentTool) {
  return {
    definition: JSON.stringify(definition),
    metadata: JSON.stringify(metadata),
    tags: JSON.stringify(tags),
  }
}

function versionOf({ schema_version, tool_version }: ToolDefinition) {
  return {
    schema_version: schema_version ?? FIRST_VERSION.schema_version,
    tool_version: tool_version ?? FIRST_VERSION.tool_version,
  }
}

function isVersion(tool: NamedVersion, wanted: NamedVersion): boolean {
  return (
    tool.name === wanted.name &&
    tool.schema_version === wanted.schema_version &&
    tool.tool_version === wanted.tool_version
  )
}

function described({ name, ...versions }: Pick<ToolDefinition, 'name' | 'schema_version' | 'tool_version'>) {
  const { schema_version = 'any', tool_version = 'any' } = versions
  return `${name} with schema_version ${schema_version} and tool_version ${tool_version}`
}

function isOfCatalogue(name: string) {
  return failedPrecondition(
    `${name} is a tool of the catalogue or the seed: create another version of it, and make that the default`,
  )
}
