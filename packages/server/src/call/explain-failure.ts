import { Code, ConnectError } from '@connectrpc/connect'
import { members } from '@scalekit-mcp/api'
import { ToolError, toolErrors, toToolError } from '../errors.js'
import type { ToolContext, ToolDefinition } from '../tool.js'
import type { Bounds } from './access.js'

/** The call that failed. */
export interface FailedCall {
  readonly tool: ToolDefinition
  readonly args: Readonly<Record<string, unknown>>
  readonly context: ToolContext
  readonly mode: Bounds['mode']
}

/**
 * What went wrong with a call, for an agent that has to do something about it: the object, the obstacle and the next call. The
 * texts of the API never pass.
 */
export async function explainFailure(cause: unknown, call: FailedCall): Promise<ToolError> {
  const error = toToolError(cause)
  switch (error.code) {
    case 'not_found':
      return notFound(error, call)
    case 'already_exists':
      return alreadyExists(error, call)
    case 'precondition_failed':
      return preconditionFailed(error, call)
    case 'permission_denied':
      return isRefusedByApi(error) ? permissionDenied(error, call) : error
    default:
      return error
  }
}

/** A kind of object, and the tool that lists it. */
interface Kind {
  readonly noun: string
  readonly listedBy: string
}

/** By the argument that names the object. */
const kinds: Readonly<Record<string, Kind>> = {
  organizationId: { noun: 'organization', listedBy: 'list_organizations' },
  userId: { noun: 'user', listedBy: 'list_organization_users' },
  connectionId: { noun: 'connection', listedBy: 'list_environment_connections' },
  mcpServerId: { noun: 'MCP server', listedBy: 'list_mcp_servers' },
  clientId: { noun: 'client', listedBy: 'list_redirect_uris' },
  secretId: { noun: 'secret', listedBy: 'get_organization_client' },
  directoryId: { noun: 'directory', listedBy: 'list_directories' },
  groupId: { noun: 'group', listedBy: 'list_directory_groups' },
  domainId: { noun: 'domain', listedBy: 'list_domains' },
  sessionId: { noun: 'session', listedBy: 'list_user_sessions' },
}

/** Where an organization is named, its objects are listed by another tool than those of the environment. */
const ofOrganization: Readonly<Record<string, string>> = {
  connectionId: 'list_organization_connections',
  clientId: 'list_organization_clients',
}

/** By a part of the tool's name, where a name takes the place of an id. */
const listedByName: readonly (readonly [part: string, listedBy: string])[] = [
  ['permission', 'list_permissions'],
  ['role', 'list_environment_roles'],
  ['scope', 'list_environment_scopes'],
  ['connected_account', 'list_connected_accounts'],
]

/** The object is the last one that a tool names, and its organization where it names no other. */
function notFound(error: ToolError, { tool, args }: FailedCall): ToolError {
  const ids = idsOf(args)
  const named = Object.keys(tool.input.shape).filter((name) => ids[name] !== undefined && kinds[name])
  const key = named.findLast((name) => name !== 'organizationId') ?? named[0]
  const kind = key === undefined ? undefined : kinds[key]
  if (!isAnsweredByApi(error) || key === undefined || !kind) {
    const [, listedBy] = listedByName.find(([part]) => tool.name.includes(part)) ?? []
    const nextStep = listedBy && isGeneral(error) ? `Check the name with ${listedBy}.` : error.nextStep
    return withDetails(error, error.message, nextStep, ids)
  }
  const { organizationId, environmentId } = ids
  const owner = key !== 'organizationId' && organizationId ? ` in ${organizationId}` : ''
  const where = environmentId ? ` of ${environmentId}` : ''
  const listedBy = (organizationId && ofOrganization[key]) || kind.listedBy
  const message = `Scalekit has no ${kind.noun} ${ids[key]}${owner}${where}.`
  return withDetails(error, message, `Check the id with ${listedBy}.`, ids)
}

/** The arguments that are ids; what has another form is not repeated. */
function idsOf(args: FailedCall['args']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(args).filter(
      (entry): entry is [string, string] =>
        entry[0].endsWith('Id') && /^[a-z0-9_]{2,20}_[0-9]{1,28}$/.test(String(entry[1])),
    ),
  )
}

async function alreadyExists(error: ToolError, { tool, args, context }: FailedCall): Promise<ToolError> {
  const existingId = await tool.existing?.(args, context).catch(() => undefined)
  if (existingId === undefined) return error
  return withDetails(error, error.message, `Read or change ${existingId}, or choose another name or id.`, {
    existingId,
  })
}

function preconditionFailed(error: ToolError, { tool }: FailedCall): ToolError {
  if (!tool.precondition || !isGeneral(error)) return error
  return withDetails(error, error.message, tool.precondition)
}

/** In workspace mode the member's role decides; in environment mode the API speaks about this server's own credentials. */
async function permissionDenied(error: ToolError, { tool, context, mode }: FailedCall): Promise<ToolError> {
  if (mode === 'environment') {
    const nextStep = 'Ask the operator of this server to check what its Scalekit credentials may do.'
    return withDetails(error, 'Scalekit does not let the credentials of this server do that.', nextStep)
  }
  const role = await roleOf(context).catch(() => undefined)
  if (role === undefined || role === 'ADMIN') return error
  const administrators = await administratorsFor(context).catch(() => [])
  const people = administrators.length > 0 ? `: ${administrators.join(', ')}` : ''
  return withDetails(
    error,
    `${tool.name} needs the workspace role ADMIN; the role of this caller is ${role}.`,
    `Ask an ADMIN of the workspace to do it or to change the role${people}. Signing in again with more scopes does not help.`,
    { role, ...(administrators.length > 0 ? { administrators } : {}) },
  )
}

async function roleOf({ scalekit }: ToolContext): Promise<string | undefined> {
  const { member } = await scalekit.members().getCurrentMember({})
  return member && members.MemberRole[member.role]
}

/** How many administrators an error lists. */
const MAX_ADMINISTRATORS = 3

/** Their addresses, for a caller who may read members. */
async function administratorsFor({ scalekit, caller }: ToolContext): Promise<string[]> {
  if (!caller.scopes.has('workspace:read')) return []
  const page = await scalekit.members().listMembers({ pageSize: 30 })
  return page.members
    .filter(({ role }) => role === members.MemberRole.ADMIN)
    .map(({ email }) => email)
    .filter((email) => /^[\x21-\x7e]{3,254}$/.test(email))
    .slice(0, MAX_ADMINISTRATORS)
}

const isAnsweredByApi = ({ cause }: ToolError) => cause instanceof ConnectError
const isRefusedByApi = ({ cause }: ToolError) =>
  cause instanceof ConnectError && cause.code === Code.PermissionDenied
/** The tool itself had nothing better to say. */
const isGeneral = ({ code, nextStep }: ToolError) => nextStep === toolErrors[code]

function withDetails(
  { code, cause, details }: ToolError,
  message: string,
  nextStep: string,
  more: Readonly<Record<string, unknown>> = {},
): ToolError {
  return new ToolError(code, message, { nextStep, details: { ...details, ...more }, cause })
}
