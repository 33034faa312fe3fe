import {
  create,
  type DescMessage,
  type DescMethod,
  type JsonObject,
  type MessageInitShape,
  toJson,
} from '@bufbuild/protobuf'
import {
  ConnectionService,
  DirectoryService,
  OrganizationService,
  organizations,
  RolesService,
  roles,
} from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { findOrganization } from '../../domain/organizations/organization-data.js'
import type { Schema } from '../../storage/schema.js'
import { toOrganization } from '../messages/organization-message.js'
import { toPermission } from '../messages/role-message.js'

/** What a change was about, as its request and its answer name it. */
export interface Change {
  readonly db: Kysely<Schema>
  readonly environment: string
  readonly now: number
  readonly request: Readonly<Record<string, unknown>>
  /** Empty while the change has not been made yet. */
  readonly answer: Readonly<Record<string, unknown>>
}

/** The event that a method causes. What a deletion takes away is read `before` it. */
export interface EventKind {
  readonly type: string
  readonly object: string
  readonly read: 'before' | 'after'
  data(change: Change): Promise<JsonObject | undefined>
}

const organization = async ({ db, environment, request, answer }: Change): Promise<JsonObject> => {
  const row = await findOrganization(db, environment, identityIn(request, answer, 'organization'))
  return json(organizations.OrganizationSchema, toOrganization(row))
}

/** The fields that the documented events of roles have. */
const role = async ({ db, environment, request, answer }: Change): Promise<JsonObject | undefined> => {
  const named = record(answer.role).id
  let query = db.selectFrom('roles').selectAll().where('environment_id', '=', environment)
  if (typeof named === 'string') query = query.where('id', '=', named)
  else {
    const place = text(request.orgId)
    query = query
      .where('name', '=', text(request.roleName))
      .where('organization_id', place ? '=' : 'is', place || null)
  }
  const row = await query.executeTakeFirst()
  if (!row) return undefined
  const { id, name, display_name, description } = row
  return { id, name, display_name, description, ...(row.extends !== null && { extends: row.extends }) }
}

const permission = async ({ db, environment, request, answer }: Change): Promise<JsonObject | undefined> => {
  const name = text(record(answer.permission).name) || text(request.permissionName)
  const row = await db
    .selectFrom('permissions')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('name', '=', name)
    .executeTakeFirst()
  return row && json(roles.PermissionSchema, toPermission(row))
}

const connection =
  (toggled: boolean) =>
  async ({ db, request, answer }: Change): Promise<JsonObject | undefined> => {
    const id = text(record(answer.connection).id) || text(request.id)
    const row = await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) return undefined
    const { organization_id, type: connection_type, provider, status } = row
    const about = { id, organization_id, connection_type, provider }
    return toggled ? { ...about, enabled: row.enabled === 1, status } : about
  }

const directory = async ({ db, request }: Change): Promise<JsonObject | undefined> => {
  const id = text(request.id)
  const row = await db.selectFrom('directories').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return undefined
  const { organization_id, type: directory_type, provider, name } = row
  return { id, organization_id, directory_type, provider, name, enabled: row.enabled === 1 }
}

const kind = (
  type: string,
  object: string,
  data: EventKind['data'],
  read: EventKind['read'] = 'after',
): EventKind => ({ type, object, data, read })

const { method: org } = OrganizationService
const { method: access } = RolesService
const { method: sso } = ConnectionService

/** Source: the event types that Scalekit documents for webhooks. The events of users are noted where they come about. */
export const EVENT_KINDS: ReadonlyMap<DescMethod, EventKind> = new Map<DescMethod, EventKind>([
  [org.createOrganization, kind('organization.created', 'Organization', organization)],
  [org.updateOrganization, kind('organization.updated', 'Organization', organization)],
  [org.updateOrganizationSettings, kind('organization.updated', 'Organization', organization)],
  [org.deleteOrganization, kind('organization.deleted', 'Organization', organization, 'before')],
  [access.createRole, kind('role.created', 'Role', role)],
  [access.createOrganizationRole, kind('role.created', 'Role', role)],
  [access.updateRole, kind('role.updated', 'Role', role)],
  [access.updateOrganizationRole, kind('role.updated', 'Role', role)],
  [access.deleteRole, kind('role.deleted', 'Role', role, 'before')],
  [access.deleteOrganizationRole, kind('role.deleted', 'Role', role, 'before')],
  [access.createPermission, kind('permission.created', 'Permission', permission)],
  [access.updatePermission, kind('permission.updated', 'Permission', permission)],
  [access.deletePermission, kind('permission.deleted', 'Permission', permission, 'before')],
  [sso.createConnection, kind('organization.sso_created', 'Connection', connection(false))],
  [sso.enableConnection, kind('organization.sso_enabled', 'Connection', connection(true))],
  [sso.disableConnection, kind('organization.sso_disabled', 'Connection', connection(true))],
  [sso.deleteConnection, kind('organization.sso_deleted', 'Connection', connection(false), 'before')],
  [DirectoryService.method.enableDirectory, kind('organization.directory_enabled', 'Directory', directory)],
  [DirectoryService.method.disableDirectory, kind('organization.directory_disabled', 'Directory', directory)],
])

/** Whom or what a change names: in its answer, or by an id in its request. */
function identityIn(request: Change['request'], answer: Change['answer'], field: string) {
  const id = text(record(answer[field]).id) || text(request.userId) || text(request.id)
  const { case: by, value } = record(request.identities)
  if (id || by !== 'externalId') return { id: id || text(value) }
  return { externalId: text(value) }
}

function json<Desc extends DescMessage>(desc: Desc, init: MessageInitShape<Desc>): JsonObject {
  return record(toJson(desc, create(desc, init), { useProtoFieldName: true })) as JsonObject
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
