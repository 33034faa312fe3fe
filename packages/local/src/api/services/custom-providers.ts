import type { JsonObject, JsonValue, MessageInitShape } from '@bufbuild/protobuf'
import { fromJson, toJson } from '@bufbuild/protobuf'
import { ListValueSchema } from '@bufbuild/protobuf/wkt'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ProviderService, providers } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { customProvider } from '../../domain/connected-accounts/custom-provider.js'
import { connectionData } from '../../domain/connections/connection-data.js'
import type { Store } from '../../domain/store.js'
import { newId } from '../../storage/ids.js'
import type { CustomProviderRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { required } from '../identity.js'
import { fetchList, pageOf, readPage } from '../page.js'
import { environmentOf } from '../request-context.js'

/** Providers that an environment adds for its application connections. Scalekit's own catalogue is not here. */
export function customProviderHandlers({
  database,
  clock,
}: Store): Partial<ServiceImpl<typeof ProviderService>> {
  return {
    async createCustomProvider({ provider }, context) {
      const message = required(provider, 'provider')
      const environment = environmentOf(context)
      const identifier = message.displayName.trim().toUpperCase().replace(/ +/g, '_')
      const now = clock.now()
      const row: CustomProviderRow = {
        id: newId('prv'),
        environment_id: environment,
        identifier,
        data: dataOf(message),
        created_at: now,
        updated_at: now,
      }
      return database.transaction(async (db) => {
        const taken = await providersOf(db, environment)
          .select('id')
          .where('identifier', '=', identifier)
          .executeTakeFirst()
        if (taken) throw apiError(Code.AlreadyExists, `There is a provider ${identifier}`)
        await db.insertInto('custom_providers').values(row).execute()
        return { provider: toProvider(row) }
      })
    },

    async updateCustomProvider({ identifier, provider }, context) {
      const data = dataOf(required(provider, 'provider'))
      return database.transaction(async (db) => {
        const row = await find(db, environmentOf(context), identifier)
        const updated = { ...row, data, updated_at: clock.now() }
        await db.updateTable('custom_providers').set(updated).where('id', '=', row.id).execute()
        return { provider: toProvider(updated) }
      })
    },

    async deleteCustomProvider({ identifier }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const row = await find(db, environment, identifier)
        const connections = await db
          .selectFrom('connections')
          .selectAll()
          .where('environment_id', '=', environment)
          .execute()
        const using = connections.filter((one) => connectionData(one).provider_key === identifier)
        if (using.length > 0) {
          const ids = using.map(({ id }) => id).join(', ')
          throw apiError(Code.FailedPrecondition, `Connections use the provider ${identifier}: ${ids}`)
        }
        await db
          .deleteFrom('tools')
          .where('environment_id', '=', environment)
          .where('provider', '=', identifier)
          .execute()
        await db.deleteFrom('custom_providers').where('id', '=', row.id).execute()
      })
      return {}
    },

    async listProviders(request, context) {
      const environment = environmentOf(context)
      const type = request.filter?.providerType ?? providers.ProviderType.DEFAULT
      const page = readPage(['providers', environment, String(type), request.identifier], request)
      if (type === providers.ProviderType.DEFAULT) return pageOf(page, []).tokens
      let query = providersOf(database.db, environment)
      if (request.identifier) query = query.where('identifier', '=', request.identifier)
      const { rows, tokens } = await fetchList(page, query.selectAll(), 'id')
      return { ...tokens, providers: rows.map(toProvider) }
    },
  }
}

const providersOf = (db: Kysely<Schema>, environment: string) =>
  db.selectFrom('custom_providers').where('environment_id', '=', environment)

async function find(db: Kysely<Schema>, environment: string, identifier: string): Promise<CustomProviderRow> {
  const row = await providersOf(db, environment)
    .selectAll()
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  if (row) return row
  throw apiError(Code.NotFound, `There is no provider ${JSON.stringify(identifier)} in this environment`)
}

function dataOf(message: providers.CustomProvider): string {
  const json = toJson(providers.CustomProviderSchema, message)
  // Refuses what no request to the provider could carry.
  customProvider(json)
  return JSON.stringify(json)
}

function toProvider({
  id,
  identifier,
  data,
}: CustomProviderRow): MessageInitShape<typeof providers.ProviderSchema> {
  const json: JsonValue = JSON.parse(data)
  const {
    $typeName: _,
    $unknown: __,
    ...fields
  } = fromJson(providers.CustomProviderSchema, json as JsonObject)
  return {
    ...fields,
    id,
    identifier,
    isCustom: true,
    authPatterns: fields.authPatterns ?? fromJson(ListValueSchema, []),
  }
}
