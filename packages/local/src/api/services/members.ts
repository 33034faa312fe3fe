import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type MembersService, members } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Store } from '../../domain/store.js'
import { deleteMember } from '../../domain/users/delete-user.js'
import { newId } from '../../storage/ids.js'
import type { MemberRow, Schema } from '../../storage/schema.js'
import { required } from '../identity.js'
import { fetchPage, readPage } from '../page.js'
import { principalKey } from '../request-context.js'

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

    async getMember({ id }) {
      return { member: toMember(await findMember(database.db, id)) }
    },

    async getCurrentMember(_request, context) {
      return { member: toMember(await findMember(database.db, currentMember(context))) }
    },

    async updateMember({ id, member }) {
      return update(id, member)
    },

    async updateCurrentMember({ member }, context) {
      return update(currentMember(context), member)
    },

    async deleteMember({ id }) {
      await database.transaction(async (db) => {
        const { role } = await findMember(db, id)
        const admins = await db.selectFrom('members').select('id').where('role', '=', 'ADMIN').execute()
        if (role === 'ADMIN' && admins.length === 1) {
          throw apiError(Code.FailedPrecondition, 'This is the last member who administers the workspace')
        }
        await deleteMember(db, clock, id)
      })
      return {}
    },
  }

  /** Changes what is given. */
  async function update(id: string, member: members.UpdateMember | undefined) {
    const { firstName, lastName, metadata } = required(member, 'member')
    return database.transaction(async (db) => {
      const row = await findMember(db, id)
      const data = MemberData.parse(JSON.parse(row.data))
      if (Object.keys(metadata).length > 0) data.metadata = metadata
      const updated: MemberRow = {
        ...row,
        first_name: firstName ?? row.first_name,
        last_name: lastName ?? row.last_name,
        data: JSON.stringify(data),
        updated_at: clock.now(),
      }
      await db.updateTable('members').set(updated).where('id', '=', id).execute()
      return { member: toMember(updated) }
    })
  }
}

async function findMember(db: Kysely<Schema>, id: string): Promise<MemberRow> {
  const row = await db.selectFrom('members').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw apiError(Code.NotFound, `The workspace has no member ${JSON.stringify(id)}`)
}

function currentMember(context: HandlerContext): string {
  const principal = context.values.get(principalKey)
  if (principal?.kind === 'member') return principal.memberId
  throw apiError(Code.FailedPrecondition, 'A client is no member: sign in as one')
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
