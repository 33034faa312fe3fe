import type { organizations } from '@scalekit-mcp/api'
import { isObject } from '@scalekit-mcp/auth/server'
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
  /** The environment that the connection is bound to. Its id is empty when it is not known. */
  readonly boundEnvironment?: { readonly id: string } | undefined
  readonly redact: Redact
}

/**
 * Fills in the environment where there is one choice, and replaces the names of an environment and an organization with their
 * ids. What has the form of an id is one, and costs no request.
 *
 * @throws ToolError `invalid_arguments` or `not_found`, with the objects that may be meant; `environment_not_available` for
 * another environment than the bound one
 */
export async function resolveNames(
  { input }: ToolDefinition,
  args: Arguments,
  options: NamesOptions,
): Promise<Arguments> {
  if (!takesEnvironment(input)) return args
  const given = args.environmentId as string | undefined
  const environmentId = options.boundEnvironment
    ? await boundIdOf(given, options.boundEnvironment.id, options)
    : await environmentIdOf(given, options)
  const resolved: Arguments = {}
  for (const [name, value] of Object.entries(args)) {
    resolved[name] = await withOrganizationIds(name, value, (given, argument) =>
      organizationIdOf({ given, argument }, environmentId, options),
    )
  }
  return { ...resolved, environmentId }
}

/** An argument names an organization, several, or one in each item of a list. */
async function withOrganizationIds(
  name: string,
  value: unknown,
  idOf: (given: string, argument: string) => Promise<string>,
): Promise<unknown> {
  if (name === 'organizationId' && typeof value === 'string') return idOf(value, name)
  if (!Array.isArray(value)) return value
  const items: unknown[] = []
  for (const [index, item] of value.entries()) {
    const place = `${name}.${index}`
    if (name === 'organizationIds') items.push(await idOf(String(item), place))
    else if (isObject(item) && typeof item.organizationId === 'string')
      items.push({ ...item, organizationId: await idOf(item.organizationId, `${place}.organizationId`) })
    else items.push(item)
  }
  return items
}

/** A bound connection accepts the id and the name of its environment. The name is read only where one is given. */
async function boundIdOf(given: string | undefined, id: string, options: NamesOptions): Promise<string> {
  if (given === undefined || given === id) return id
  if (id === '') {
    throw notBoundTo('This server is bound to one environment, whose id it does not know.')
  }
  if (isId('env', given)) throw notBoundTo(`This connection is bound to ${id}.`)
  const { name } = await options.scalekit.environment(id)
  if (name === '') {
    throw notBoundTo(
      `This server is bound to ${id}, whose name it does not know.`,
      `Leave environmentId out to use ${id}. Ask the user whether that is the environment they mean.`,
    )
  }
  if (hasName(given)({ id, name })) return id
  if (!options.caller.scopes.has('environment:read')) throw notBoundTo(`This connection is bound to ${id}.`)
  const shown = JSON.stringify(options.redact(displayText(name)))
  throw notBoundTo(`This connection is bound to ${id}, which has the name ${shown}.`)
}

const notBoundTo = (message: string, nextStep?: string) =>
  new ToolError('environment_not_available', message, nextStep === undefined ? {} : { nextStep })

async function environmentIdOf(given: string | undefined, options: NamesOptions): Promise<string> {
  if (given !== undefined && isId('env', given)) return given
  const known = await options.scalekit.knownEnvironments()
  const found = given === undefined ? known : known.filter(hasName(given))
  if (found.length === 1) return found[0]?.id ?? ''
  const isMeant = found.length > 0 || given === undefined
  const offer = {
    candidates: found.length > 0 ? found : known,
    isMeant,
    scope: 'environment:read',
    listedBy: 'list_environments',
    options,
  } as const
  if (known.length === 0) throw new ToolError('not_found', 'This account has no environment.')
  if (given === undefined) {
    throw unclear('invalid_arguments', `environmentId: Give one of the ${known.length} environments.`, offer)
  }
  const name = JSON.stringify(options.redact(displayText(given)))
  throw found.length === 0
    ? unclear('not_found', `environmentId: This account has no environment with the name ${name}.`, offer)
    : unclear(
        'invalid_arguments',
        `environmentId: ${found.length} environments have the name ${name}.`,
        offer,
      )
}

/** What names an organization, and where it is among the arguments, like `organizationIds.1`. */
interface GivenName {
  readonly given: string
  readonly argument: string
}

async function organizationIdOf(
  { given, argument }: GivenName,
  environmentId: string,
  options: NamesOptions,
): Promise<string> {
  if (isId('org', given)) return given
  if (displayText(given) === '')
    throw new ToolError('invalid_arguments', `${argument}: Give an id, a name or an external id.`)
  const similar = await findOrganizations({ given, argument }, environmentId, options.scalekit)
  const found = similar.filter((each) => hasExternalId(given)(each) || hasName(given)(each))
  if (found.length === 1) return found[0]?.id ?? ''
  const candidates = found.length > 0 ? found : similar.filter((each) => containsName(given)(each))
  const offer = {
    candidates,
    isMeant: true,
    scope: 'organization:read',
    listedBy: 'list_organizations',
    options,
  } as const
  const where = environmentId === '' ? 'The environment' : environmentId
  const name = JSON.stringify(options.redact(displayText(given)))
  throw found.length === 0
    ? unclear(
        'not_found',
        `${argument}: ${where} has no organization with the name or external id ${name}.`,
        offer,
      )
    : unclear(
        'invalid_arguments',
        `${argument}: ${found.length} organizations in ${where} match ${name}.`,
        offer,
      )
}

/** The most that the API returns at once, and how much of a list is read before only an id will do. */
const PAGE_SIZE = 30
const MAX_PAGES = 10

interface NamedOrganization extends Named {
  readonly externalId: string | undefined
}

/** Organizations with this external id, and those whose name contains the text. */
async function findOrganizations(
  { given, argument }: GivenName,
  environmentId: string,
  scalekit: Scalekit,
): Promise<NamedOrganization[]> {
  const api = scalekit.organizations(environmentId)
  const text = displayText(given)
  const found: organizations.Organization[] = []
  for (const externalId of new Set([given, text])) {
    found.push(...(await api.listOrganization({ externalId, pageSize: 1 })).organizations)
  }
  // The search compares code points, and a name may be stored composed (NFC) or decomposed (NFD).
  for (const form of new Set([text, text.normalize('NFD')])) {
    const pages = await searchOrganizations(form, api)
    if (pages === undefined) {
      throw new ToolError('invalid_arguments', `${argument}: Too many organizations match this name.`, {
        nextStep: 'Give the id or the external id.',
      })
    }
    found.push(...pages)
  }
  return [...new Map(found.map((each) => [each.id, toNamed(each)])).values()]
}

/** Those whose name contains the text; `undefined` where they are too many. The search needs 3 to 100 characters. */
async function searchOrganizations(
  text: string,
  api: ReturnType<Scalekit['organizations']>,
): Promise<organizations.Organization[] | undefined> {
  const query = [...text].slice(0, 100).join('')
  const pageOf = (pageToken: string) =>
    query.length < 3
      ? api.listOrganization({ pageSize: PAGE_SIZE, pageToken })
      : api.searchOrganization({ query, pageSize: PAGE_SIZE, pageToken })
  const found: organizations.Organization[] = []
  let pageToken = ''
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await pageOf(pageToken)
    found.push(...page.organizations)
    pageToken = page.nextPageToken
    if (pageToken === '') return found
  }
  return undefined
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

const containsName = (text: string) => (each: NamedOrganization) =>
  [each.name, each.externalId ?? ''].some((name) => comparable(name).includes(comparable(text)))

/** External ids as well: a person who writes one in another case means it, or has to choose. */
const hasExternalId =
  (given: string) =>
  ({ externalId }: NamedOrganization) =>
    externalId !== undefined && comparable(externalId) === comparable(given)

/** How many candidates an error lists. */
const MAX_CANDIDATES = 10

interface Offer {
  readonly candidates: readonly Named[]
  /** Whether the caller can mean one of them: else they are what exists. */
  readonly isMeant: boolean
  /** Lets the caller read such names. */
  readonly scope: Scope
  /** The tool that lists them. */
  readonly listedBy: string
  readonly options: NamesOptions
}

function unclear(
  code: ToolErrorCode,
  message: string,
  { candidates, isMeant, scope, listedBy, options }: Offer,
): ToolError {
  if (candidates.length === 0 || !options.caller.scopes.has(scope)) {
    return new ToolError(code, message, { nextStep: `Check the name with ${listedBy}, or give the id.` })
  }
  const listed = candidates.slice(0, MAX_CANDIDATES).map(({ id, name }) => ({ id, name: displayText(name) }))
  return new ToolError(code, message, {
    nextStep: isMeant
      ? 'Call again with the id of one of the candidates. Ask the user where it is not clear.'
      : 'Ask the user which one they mean: the candidates are all that exist, and none has this name.',
    details: { candidates: options.redact(listed) },
  })
}
