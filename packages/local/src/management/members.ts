import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type MembersService, members } from '@scalekit-mcp/api'
import { z } from 'zod'
import { newId } from '../engine/ids.js'
import type { MemberRow } from '../engine/schema.js'
import { required } from './identity.js'
import { fetchPage, readPage } from './page.js'
import type { Store } from './store.js'

/** The one workspace of a local environment. */
const WORKSPACE_ID = 'wks_100000000000000000'

const MemberData = z.object({ metadata: z.record(z.string(), z.string()).default({}) })

export function memberHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof MembersService>> {
  return {
    async listMembers(request) {
      const { db } = database
      const page = readPage(['members'], request)
      const { rows, nextPageToken } = await fetchPage(page, db.selectFrom('members').selectAll(), 'id')
      const { total } = await db
        .selectFrom('members')
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      return { nextPageToken, totalSize: Number(total), members: rows.map(toMember) }
    },

    async createMember(request) {
      const member = required(request.member, 'member')
      const email = member.email.toLowerCase()
      const now = clock.now()
      const row: MemberRow = {
        id: newId('usr'),
        email,
        role: member.role === members.MemberRole.ADMIN ? 'ADMIN' : 'USER',
        first_name: member.firstName ?? null,
        last_name: member.lastName ?? null,
        data: JSON.stringify({ metadata: member.metadata }),
        created_at: now,
        updated_at: now,
      }
      return database.transaction(async (db) => {
        const taken = await db
          .selectFrom('members')
          .select('id')
          .where('email', '=', email)
          .executeTakeFirst()
        if (taken) throw apiError(Code.AlreadyExists, 'A member with this e-mail address exists')
        await db.insertInto('members').values(row).execute()
        return { member: toMember(row) }
      })
    },
  }
}

function toMember(row: MemberRow): MessageInitShape<typeof members.MemberSchema> {
  return {
    id: row.id,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    workspaceId: WORKSPACE_ID,
    workspaceIds: [WORKSPACE_ID],
    role: members.MemberRole[row.role],
    email: row.email,
    metadata: MemberData.parse(JSON.parse(row.data)).metadata,
    ...(row.first_name !== null && { firstName: row.first_name }),
    ...(row.last_name !== null && { lastName: row.last_name }),
  }
}
