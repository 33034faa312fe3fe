import { ToolError } from '../errors.js'
import type { ToolContext } from '../tool.js'
import { listedNames } from './listed-names.js'

type Arguments = Readonly<Record<string, unknown>>

/** Arguments that name roles and permissions, in every tool that has them. */
const roleArguments = ['role', 'roleName', 'extends', 'reassignTo']
const permissionArguments = ['permission', 'permissions']

/**
 * Refuses a call that names a role or a permission that does not exist, before a person is asked about it.
 *
 * @throws ToolError `not_found`
 */
export async function requireNames(args: Arguments, context: ToolContext): Promise<void> {
  const missing = await missingName(args, context)
  if (missing) throw missing
}

/** The first role or permission that a call names and that does not exist, as an error about the argument that names it. */
export async function missingName(args: Arguments, context: ToolContext): Promise<ToolError | undefined> {
  const { environmentId } = args
  if (typeof environmentId !== 'string') return undefined
  return (
    (await missingRole(args, environmentId, context)) ??
    (await missingPermission(args, environmentId, context))
  )
}

/** A user can have the roles of the environment and those of the organization. */
async function missingRole(args: Arguments, environmentId: string, context: ToolContext) {
  const wanted = namesIn(args, roleArguments)
  if (wanted.length === 0) return undefined
  const api = context.scalekit.roles(environmentId)
  const orgId = typeof args.organizationId === 'string' ? args.organizationId : undefined
  const listed = await context.ifAllowed<{ readonly roles: readonly { readonly name: string }[] }>(
    orgId === undefined ? api.listRoles({}) : api.listOrganizationRoles({ orgId }),
  )
  if (!listed) return undefined
  const known = listed.roles.map(({ name }) => name)
  const missing = wanted.find(({ name }) => !known.includes(name))
  if (!missing) return undefined
  return notFound(missing, { noun: 'role', owner: orgId ?? environmentId, known }, context, {
    look: 'list_environment_roles',
    otherwise: '',
  })
}

async function missingPermission(args: Arguments, environmentId: string, context: ToolContext) {
  const wanted = namesIn(args, permissionArguments)
  if (wanted.length === 0) return undefined
  const known = await permissionNames(environmentId, context)
  const missing = known && wanted.find(({ name }) => !known.includes(name))
  if (!missing) return undefined
  return notFound(missing, { noun: 'permission', owner: environmentId, known }, context, {
    look: 'list_permissions (toolset permissions)',
    otherwise: ' create_permission creates one.',
  })
}

/** The most that the API returns at once, and how many pages are read. */
const PAGE_SIZE = 100
const MAX_PAGES = 10

/** All permissions of an environment; `undefined` where they are too many to read, or the caller may not read them. */
async function permissionNames(
  environmentId: string,
  { scalekit, ifAllowed }: ToolContext,
): Promise<string[] | undefined> {
  const names: string[] = []
  let pageToken = ''
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await ifAllowed(
      scalekit.roles(environmentId).listPermissions({ pageSize: PAGE_SIZE, pageToken }),
    )
    if (!page) return undefined
    names.push(...page.permissions.map(({ name }) => name))
    pageToken = page.nextPageToken
    if (pageToken === '') return names
  }
  return undefined
}

interface NameInArgument {
  /** With the position in a list, like `permissions.1`. */
  readonly argument: string
  readonly name: string
}

function namesIn(args: Arguments, keys: readonly string[]): NameInArgument[] {
  return keys.flatMap((key) => {
    const value = args[key]
    if (typeof value === 'string') return [{ argument: key, name: value }]
    if (!Array.isArray(value)) return []
    return value.map((name, index) => ({ argument: `${key}.${index}`, name: String(name) }))
  })
}

/** Names are listed for callers who may read them with the tool that lists them. */
function notFound(
  { argument, name }: NameInArgument,
  {
    noun,
    owner,
    known,
  }: { readonly noun: string; readonly owner: string; readonly known: readonly string[] },
  context: ToolContext,
  { look, otherwise }: { readonly look: string; readonly otherwise: string },
): ToolError {
  const message = `${argument}: ${owner || 'The environment'} has no ${noun} ${name}.`
  const listed = listedNames(known, context)
  const nextStep = listed
    ? `Give one of ${listed}. ${look} has the details.${otherwise}`
    : `Check the name with ${look}.${otherwise}`
  return new ToolError('not_found', message, { nextStep, details: { argument } })
}
