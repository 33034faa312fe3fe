import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, commons, type EnvironmentService, type environments } from '@scalekit-mcp/api'
import type { Store } from '../../domain/store.js'
import type { EnvironmentRow } from '../../storage/schema.js'
import { fetchPage, readPage } from '../page.js'

export function environmentHandlers({
  database,
  baseUrl,
}: Store): Partial<ServiceImpl<typeof EnvironmentService>> {
  const host = new URL(baseUrl).host
  return {
    async getEnvironment({ id }) {
      const row = await database.db
        .selectFrom('environments')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      if (!row) throw apiError(Code.NotFound, `There is no environment ${JSON.stringify(id)}`)
      return { environment: toEnvironment(row, host) }
    },

    async listEnvironment(request) {
      const { db } = database
      const page = readPage(['environments'], request)
      const { rows, nextPageToken } = await fetchPage(page, db.selectFrom('environments').selectAll(), 'id')
      const { total } = await db
        .selectFrom('environments')
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      return {
        nextPageToken,
        totalSize: Number(total),
        environments: rows.map((row) => toEnvironment(row, host)),
      }
    },
  }
}

function toEnvironment(
  row: EnvironmentRow,
  host: string,
): MessageInitShape<typeof environments.EnvironmentSchema> {
  return {
    id: row.id,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    displayName: row.display_name,
    domain: `${host}/${row.id}`,
    regionCode: row.region === 'EU' ? commons.RegionCode.EU : commons.RegionCode.US,
    type: commons.EnvironmentType[row.type],
  }
}
