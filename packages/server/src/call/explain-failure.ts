import { Code, ConnectError } from '@connectrpc/connect'
import * as z from 'zod'
import {
  messageWithArguments,
  objectExists,
  refusedArguments,
  ToolError,
  toolErrors,
  toToolError,
} from '../errors.js'
import type { Taken, TakenArgument, ToolContext, ToolDefinition } from '../tool.js'
import { missingName } from '../tools/missing-name.js'
import { readPerson } from '../tools/workspace/person.js'
import {
  askAdministrators,
  READING_ROLE,
  readAdministrators,
} from '../tools/workspace/workspace-administrators.js'
import type { Bounds } from './access.js'
import { type Ids, type Kind, kinds } from './object-kinds.js'

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
    case 'invalid_arguments':
      return invalidArguments(error, call)
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

/** The API names its own fields. An agent knows the arguments and their rules. */
function invalidArguments(error: ToolError, { tool }: FailedCall): ToolError {
  const shape: Readonly<Record<string, z.ZodType>> = tool.input.shape
  const refused = refusedArguments(error, (name) => Object.hasOwn(shape, name))
  if (refused.length === 0) return error
  const rules = refused.map((name) => `${name}: ${descriptionOf(shape[name]) ?? 'see its schema.'}`)
  const message = `Scalekit refused ${refused.join(', ')}`
  return withDetails(error, message, `Correct this and call again. ${rules.join(' ')}`)
}

/** A field that may be left out has the description of the field inside. */
function descriptionOf(field: z.ZodType | undefined): string | undefined {
  return (
    field?.description ??
    (field instanceof z.ZodOptional ? descriptionOf(field.unwrap() as z.ZodType) : undefined)
  )
}

/** By a part of the tool's name, where a name takes the place of an id. */
const listedByName: readonly (readonly [part: string, kind: Kind])[] = [
  ['permission', { noun: 'permission', listedBy: 'list_permissions' }],
  ['role', { noun: 'role', listedBy: 'list_environment_roles' }],
  ['scope', { noun: 'scope', listedBy: 'list_environment_scopes' }],
  ['connected_account', { noun: 'connected account', listedBy: 'list_connected_accounts' }],
]

/** The API does not say which of the named objects is missing, so they are looked up. */
async function notFound(error: ToolError, call: FailedCall): Promise<ToolError> {
  const { tool, args, context } = call
  const ids = idsOf(args)
  if (isAnsweredByApi(error) || isGeneral(error)) {
    const missing = await missingName(args, context).catch(() => undefined)
    if (missing) return withDetails(error, missing.message, missing.nextStep, { ...ids, ...missing.details })
    const key = await missingKey(ids, context)
    if (key !== undefined) return noSuchObject(error, key, ids, tool)
  }
  const [, kind] = listedByName.find(([part]) => tool.name.includes(part)) ?? []
  if (!kind || !isGeneral(error)) return withDetails(error, error.message, error.nextStep, ids)
  const { name } = args
  const isGiven = typeof name === 'string' && tool.effect !== 'create' && isAnsweredByApi(error)
  const message = isGiven ? `Scalekit has no ${kind.noun} ${name}${placeOf(ids)}.` : error.message
  return withDetails(error, message, `Check the name with ${kind.listedBy}.`, ids)
}

/** The argument whose object is missing: the first one that cannot be read, or else the last one. */
async function missingKey(ids: Ids, { scalekit }: ToolContext): Promise<string | undefined> {
  const named = Object.keys(kinds).filter((key) => ids[key] !== undefined)
  for (const key of named.slice(0, -1)) {
    const read = kinds[key]?.read?.(ids, scalekit)
    const code = await read?.then(
      () => undefined,
      (cause: unknown) => toToolError(cause).code,
    )
    if (code === 'not_found') return key
  }
  return named.at(-1)
}

function noSuchObject(error: ToolError, key: string, ids: Ids, { input }: ToolDefinition): ToolError {
  const kind = kinds[key] as Kind
  const organizationId = key === 'organizationId' ? undefined : ids.organizationId
  const owner = organizationId ? ` in ${organizationId}` : ''
  const listedBy = (organizationId && kind.listedInOrganizationBy) || kind.listedBy
  const message = `Scalekit has no ${kind.noun} ${ids[key]}${owner}${placeOf(ids)}.`
  const mayBeInOrganization =
    kind.listedInOrganizationBy !== undefined && !organizationId && 'organizationId' in input.shape
  const elsewhere = mayBeInOrganization
    ? ` For a ${kind.noun} of an organization, give organizationId too (${kind.listedInOrganizationBy}).`
    : ''
  return withDetails(error, message, `Check the id with ${listedBy}.${elsewhere}`, ids)
}

const placeOf = ({ environmentId }: Ids) => (environmentId ? ` of ${environmentId}` : '')

/** The arguments that are ids; what has another form is not repeated. */
function idsOf(args: FailedCall['args']): Ids {
  return Object.fromEntries(
    Object.entries(args).filter(
      (entry): entry is [string, string] =>
        entry[0].endsWith('Id') && /^[a-z0-9_]{2,20}_[0-9]{1,28}$/.test(String(entry[1])),
    ),
  )
}

/** A conflict that was found before the API was asked has its explanation already. */
async function alreadyExists(error: ToolError, { tool, args, context }: FailedCall): Promise<ToolError> {
  if (!isAnsweredByApi(error)) return error
  const existing = await tool.existing?.(args, context).catch(() => undefined)
  return existing === undefined ? error : conflictWith(existing, error, args)
}

/**
 * Refuses what the API would refuse, before a person is asked about it: a write of a member whose workspace role only reads, and a
 * create or a change whose name or id is taken. Only a role or an object that was read is an obstacle: where the read fails, the API
 * decides.
 *
 * @throws ToolError `permission_denied`, `already_exists`
 */
export async function refuseImpossible(call: FailedCall): Promise<void> {
  if (call.mode === 'workspace' && (await roleOf(call)) === READING_ROLE) {
    throw await roleIsMissing(new ToolError('permission_denied', ''), READING_ROLE, call)
  }
  const { tool, args, context } = call
  const existing = await tool.existing?.(args, context).catch(() => undefined)
  if (existing === undefined || (typeof existing !== 'string' && existing.id === undefined)) return
  throw conflictWith(existing, new ToolError('already_exists', objectExists), args)
}

type Existing = string | TakenArgument | Taken

function conflictWith(existing: Existing, error: ToolError, args: FailedCall['args']): ToolError {
  const taken = typeof existing === 'string' ? { argument: uniqueOf(args), id: existing } : existing
  if ('argument' in taken) {
    const { argument, id } = taken
    const nextStep = `Read or change ${id}, or choose another ${argument}.`
    return withDetails(error, `${argument} is taken: ${id} has it.`, nextStep, { argument, existingId: id })
  }
  const { message, nextStep, id } = taken
  return withDetails(error, message, nextStep, id === undefined ? {} : { existingId: id })
}

/** Arguments whose value belongs to one object. A tool that has several of them says which one is taken. */
const unique = ['url', 'domain', 'keyId', 'externalId', 'email']

const uniqueOf = (args: FailedCall['args']) => unique.find((name) => args[name] !== undefined) ?? 'name'

function preconditionFailed(error: ToolError, { tool }: FailedCall): ToolError {
  const message = messageWithArguments(error, (name) => Object.hasOwn(tool.input.shape, name))
  return withDetails(error, message, (isGeneral(error) && tool.precondition) || error.nextStep)
}

/** In workspace mode the member's role decides; in environment mode the API speaks about this server's own credentials. */
async function permissionDenied(error: ToolError, call: FailedCall): Promise<ToolError> {
  if (call.mode === 'environment') {
    const nextStep = 'Ask the operator of this server to check what its Scalekit credentials may do.'
    return withDetails(error, 'Scalekit does not let the credentials of this server do that.', nextStep)
  }
  const role = await roleOf(call)
  return role === undefined || role === 'ADMIN' ? error : roleIsMissing(error, role, call)
}

/** The workspace role of the caller. Undefined where it cannot be read, and for a client without a person. */
async function roleOf({ context }: FailedCall): Promise<string | undefined> {
  const person = await readPerson(context).catch(() => undefined)
  return person?.roles[0]
}

async function roleIsMissing(
  error: ToolError,
  role: string,
  { tool, context }: FailedCall,
): Promise<ToolError> {
  const administrators = await readAdministrators(context).catch(() => [])
  const message = `${tool.name} needs the workspace role ADMIN; the role of this caller is ${role}.`
  return withDetails(error, message, askAdministrators(administrators), {
    role,
    ...(administrators.length > 0 ? { administrators } : {}),
  })
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
