import type { Kysely } from 'kysely'
import { z } from 'zod'
import { insertRows } from '../storage/insert-rows.js'
import type { Schema } from '../storage/schema.js'
import { present, stamps } from './export-row.js'
import { REGISTRY_KINDS, type RegistryKind } from './registry-kinds.js'
import type { ParsedSeed } from './schema.js'
import type { Stamp } from './stamp.js'

type Db = Kysely<Schema>
type Environment = ParsedSeed['environments'][number]
type Row = Readonly<Record<string, unknown>>

/** Columns that a seed calls by another name: what they refer to. */
const REFERENCES: Readonly<Record<string, string>> = {
  organization_id: 'organization',
  resource_id: 'mcp_server',
  connection_id: 'connection',
  directory_id: 'directory',
  user_id: 'user',
  token_hash: 'sha256',
}

/** The columns of each table, apart from its environment and times. */
const COLUMNS: Readonly<Record<RegistryKind, readonly string[]>> = {
  scopes: ['id', 'name', 'description', 'enabled'],
  m2m_clients: ['id', 'organization_id', 'resource_id', 'secrets', 'data'],
  connections: ['id', 'organization_id', 'type', 'provider', 'key_id', 'status', 'enabled', 'data'],
  domains: ['id', 'organization_id', 'connection_id', 'domain', 'type', 'status', 'data'],
  directories: ['id', 'organization_id', 'type', 'provider', 'name', 'enabled', 'secrets', 'data'],
  directory_groups: ['id', 'directory_id', 'external_id', 'data'],
  directory_users: ['id', 'directory_id', 'external_id', 'data'],
  connected_accounts: ['id', 'connection_id', 'identifier', 'organization_id', 'user_id', 'status', 'data'],
  api_tokens: ['id', 'organization_id', 'user_id', 'token_hash', 'expires_at', 'data'],
  passkeys: ['id', 'user_id', 'data'],
  mcp_configs: ['id', 'name', 'data'],
  custom_providers: ['id', 'identifier', 'data'],
  connectors: [
    ...['id', 'identifier', 'display_name', 'auth_type', 'scopes', 'fields', 'tools', 'requests'],
    'proxy_enabled',
  ],
  tools: [
    ...['id', 'provider', 'name', 'schema_version', 'tool_version', 'is_default'],
    ...['definition', 'metadata', 'tags'],
  ],
}

/** Columns that hold JSON as a seed writes it. */
const JSON_COLUMNS: readonly string[] = [
  ...['data', 'scopes', 'fields', 'tools', 'requests'],
  ...['definition', 'metadata', 'tags'],
]

/** Columns that hold 0 or 1, or nothing where a seed does not say. */
const FLAGS: readonly string[] = ['enabled', 'is_default', 'proxy_enabled']

const Secrets = z.array(z.looseObject({ hash: z.string() }))
const SeedSecrets = z.array(z.looseObject({ sha256: z.string() }))
const Times = z.object({ created_at: z.number(), updated_at: z.number() })
const SeedTimes = z.object({ created_at: z.string().optional(), updated_at: z.string().optional() })

/** Writes what an environment has next to people, organizations and roles. */
export async function loadRegistry(db: Db, environment: Environment, stamp: Stamp): Promise<void> {
  for (const kind of REGISTRY_KINDS) {
    const rows = (environment[kind] as readonly Row[]).map((entry) => {
      const columns = COLUMNS[kind].map((column) => [column, toColumn(column, entry[seedName(column)])])
      const times = stamp(SeedTimes.parse(entry))
      return { ...Object.fromEntries(columns), environment_id: environment.id, ...times }
    })
    await insertRows(db, kind, rows as never)
  }
}

/** One of these rows as a seed writes it. */
export function toRegistryEntry(kind: RegistryKind, row: Row): object {
  const entries = COLUMNS[kind].map((column) => [seedName(column), toSeed(column, row[column])])
  return { ...present(Object.fromEntries(entries)), ...stamps(Times.parse(row)) }
}

function seedName(column: string): string {
  return REFERENCES[column] ?? column
}

function toColumn(column: string, value: unknown): unknown {
  if (FLAGS.includes(column)) return value === undefined ? null : Number(value)
  if (JSON_COLUMNS.includes(column)) return JSON.stringify(value)
  if (column === 'expires_at') return value === undefined ? null : Date.parse(String(value))
  if (column !== 'secrets') return value ?? null
  const secrets = SeedSecrets.parse(value).map(({ sha256, ...secret }) => ({ ...secret, hash: sha256 }))
  return JSON.stringify(secrets)
}

function toSeed(column: string, value: unknown): unknown {
  if (FLAGS.includes(column)) return value === null ? null : value === 1
  if (JSON_COLUMNS.includes(column)) return JSON.parse(String(value))
  if (column === 'expires_at') return value === null ? null : new Date(Number(value)).toISOString()
  if (column !== 'secrets') return value
  return Secrets.parse(JSON.parse(String(value))).map(({ hash, ...secret }) => ({ ...secret, sha256: hash }))
}
