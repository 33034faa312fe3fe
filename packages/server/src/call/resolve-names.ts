import type { organizations } from '@scalekit-mcp/api'
import { isObject } from '@scalekit-mcp/auth'
import { ToolError, type ToolErrorCode } from '../errors.js'
import type { Redact } from '../observe/redact.js'
import type { Scalekit } from '../scalekit/scalekit.js'
import type { Scope, ToolDefinition } from '../tool.js'
import { takesEnvironment } from './environment-input.js'
import { displayText } from './interaction/display-text.js'

type Arguments = Record<string, unknown>

/** Something that a name can mean. */
interface Named {
  readonly id: string
  readonly name: string
}

/** Who names it, and where names are looked up. */
export interface NamesOptions {
  readonly caller: { readonly scopes: ReadonlySet<string> }
  readonly scalekit: Scalekit
  /** The environment is fixed. */
  readonly isBound: boolean
  readonly redact: Redact
}

/**
 * Fills in the environment where there is one choice, and replaces the names of an environment and an organization with their
 * ids. What has the form of an id is one, and costs no request.
 *
 * @throws ToolError `invalid_arguments` or `not_found`, with the objects that may be meant
 */
export async function resolveNames(
  { input }: ToolDefinition,
  args: Arguments,
  options: NamesOptions,
): Promise<Arguments> {
  if (!takesEnvironment(input)) return args
  const environmentId = options.isBound
    ? String(args.environmentId)
    : await environmentIdOf(args.environmentId as string | undefined, options)
  const resolved: Arguments = {}
  for (const [name, value] of Object.entries(args)) {
    resolved[name] = await withOrganizationIds(name, value, (given) =>
      organizationIdOf(given, environmentId, options),
    )
  }
  return { ...resolved, environmentId }
}

/** An argument names an organization, several, or one in each item of a list. */
async function withOrganizationIds(
  name: string,
  value: unknown,
  idOf: (given: string) => Promise<string>,
): Promise<unknown> {
  if (name === 'organizationId' && typeof value === 'string') return idOf(value)
  if (!Array.isArray(value)) return value
  const items: unknown[] = []
  for (const item of value) {
    if (name === 'organizationIds') items.push(await idOf(String(item)))
    else if (isObject(item) && typeof item.organizationId === 'string')
      items.push({ ...item, organizationId: await idOf(item.organizationId) })
    else items.push(item)
  }
  return items
}

async function environmentIdOf(given: string | undefined, options: NamesOptions): Promise<string> {
  if (given !== undefined && isId('env', given)) return given
  const known = await options.scalekit.knownEnvironments()
  const found = given === undefined ? known : known.filter(hasName(given))
  if (found.length === 1) return found[0]?.id ?? ''
  const offer = { candidates: found.length > 0 ? found : known, scope: 'environment:read', options } as const
  if (known.length === 0) throw new ToolError('not_found', 'This account has no environment.')
  if (given === undefined) {
    throw unclear('invalid_arguments', `environmentId: Give one of the ${known.length} environments.`, offer)
  }
  throw found.length === 0
    ? unclear('not_found', 'This account has no environment with this name.', offer)
    : unclear('invalid_arguments', `environmentId: ${found.length} environments have this name.`, offer)
}

async function organizationIdOf(
  given: string,
  environmentId: string,
  options: NamesOptions,
): Promise<string> {
  if (isId('org', given)) return given
  const similar = await findOrganizations(given, environmentId, options.scalekit)
  const found = similar.filter((each) => each.externalId === given || hasName(given)(each))
  if (found.length === 1) return found[0]?.id ?? ''
  const candidates = found.length > 0 ? found : similar
  const offer = { candidates, scope: 'organization:read', options } as const
  const where = environmentId === '' ? 'The environment' : environmentId
  throw found.length === 0
    ? unclear('not_found', `${where} has no organization with this name or external id.`, offer)
    : unclear('invalid_arguments', `organizationId: ${found.length} organizations in ${where} match.`, offer)
}

/** The most that the API returns at once, and how much of a list is read before only an id will do. */
const PAGE_SIZE = 30
const MAX_PAGES = 10

/** Organizations with this external id, and those whose name contains the text. The search needs 3 to 100 characters. */
async function findOrganizations(
  text: string,
  environmentId: string,
  scalekit: Scalekit,
): Promise<(Named & { readonly externalId: string | undefined })[]> {
  const api = scalekit.organizations(environmentId)
  const query = [...text.normalize('NFC')].slice(0, 100).join('')
  const pageOf = (pageToken: string) =>
    query.length < 3
      ? api.listOrganization({ pageSize: PAGE_SIZE, pageToken })
      : api.searchOrganization({ query, pageSize: PAGE_SIZE, pageToken })
  const found = [...(await api.listOrganization({ externalId: text, pageSize: 1 })).organizations]
  let pageToken = ''
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await pageOf(pageToken)
    found.push(...page.organizations)
    pageToken = page.nextPageToken
    if (pageToken === '') return [...new Map(found.map((each) => [each.id, toNamed(each)])).values()]
  }
  throw new ToolError('invalid_arguments', 'organizationId: Too many organizations match this name.', {
    nextStep: 'Give the id or the external id.',
  })
}

const toNamed = ({ id, displayName, externalId }: organizations.Organization) => ({
  id,
  name: displayName,
  externalId: externalId || undefined,
})

const isId = (prefix: string, text: string) => new RegExp(`^${prefix}_[0-9]{1,28}$`).test(text)

/** Names are the same where a person sees the same, without case. */
const hasName = (name: string) => (each: Named) => comparable(each.name) === comparable(name)
const comparable = (name: string) => displayText(name).toLowerCase()

/** How many candidates an error lists. */
const MAX_CANDIDATES = 10

interface Offer {
  readonly candidates: readonly Named[]
  /** Lets the caller read such names. */
  readonly scope: Scope
  readonly options: NamesOptions
}

function unclear(code: ToolErrorCode, message: string, { candidates, scope, options }: Offer): ToolError {
  if (candidates.length === 0 || !options.caller.scopes.has(scope)) return new ToolError(code, message)
  const listed = candidates.slice(0, MAX_CANDIDATES).map(({ id, name }) => ({ id, name: displayText(name) }))
  return new ToolError(code, message, {
    nextStep: 'Call again with the id of one of the candidates. Ask the user where it is not clear.',
    details: { candidates: options.redact(listed) },
  })
}
