import { Code, ConnectError } from '@connectrpc/connect'
import { clients, commons, type users } from '@scalekit-mcp/api'
import type { AdministratorRule } from '../../config/administrator-rule.js'
import { ask, NoAnswer } from './ask.js'
import { type Finding, failed, notChecked, ok } from './finding.js'
import type { OwnServer } from './own-server.js'

/** People whose permissions are read, one request each. */
const MOST_PEOPLE = 50

/** Clients get tokens for the first MCP server that Scalekit has for a URL. */
export async function checkRegistered({ config, scalekit }: OwnServer): Promise<Finding[]> {
  if (config.upstream.mode === 'workspace') return []
  const all = await everyPage((pageToken) =>
    scalekit
      .clients('')
      .listResources({ resourceType: clients.ResourceType.MCP_SERVER, pageSize: 30, pageToken })
      .then(({ resources, nextPageToken }) => ({ items: resources, nextPageToken })),
  )
  const url = (each: clients.Resource) => each.resourceId || each.resourceUri
  const same = all.filter((each) => withoutSlash(url(each)) === withoutSlash(config.resource))
  const [, ownId] = /\/resources\/([^/]+)$/.exec(config.authorizationServers[0] ?? '') ?? []
  const own = all.find(({ id }) => id === ownId)
  if (same.length > 1) {
    return [
      failed(
        'registered',
        `${same.map(({ id }) => id).join(' and ')} are MCP servers with the URL ${config.resource}`,
        'delete all but one of them in the Scalekit dashboard, and set MCP_SERVER_ID to the one that is left',
      ),
    ]
  }
  if (own && !same.includes(own)) {
    return [
      failed(
        'registered',
        `${own.id} is registered with the URL ${url(own)}, and this server is ${config.resource}`,
        'register this URL in Scalekit, or correct MCP_SERVER_ID or EXPECTED_AUDIENCE',
      ),
    ]
  }
  const [only] = same
  if (!only || (ownId !== undefined && only.id !== ownId)) {
    return [
      failed(
        'registered',
        only
          ? `${only.id} is the MCP server with the URL ${config.resource}, and clients are sent to ${ownId}, which does not exist`
          : `Scalekit has no MCP server with the URL ${config.resource}`,
        only
          ? `set MCP_SERVER_ID to ${only.id}`
          : 'register it in the Scalekit dashboard, and set MCP_SERVER_ID to its id',
      ),
    ]
  }
  return [ok('registered', `${only.id} is the only MCP server with this URL`)]
}

/** Whether the rule lets anybody in. */
export async function checkAdministrators({ config, scalekit }: OwnServer): Promise<Finding[]> {
  if (config.upstream.mode === 'workspace') {
    return [ok('administrators', "Scalekit decides by the member's role in the workspace")]
  }
  const rule = config.upstream.administrators
  const others = rule.clients.length > 0 ? `, and the clients ${rule.clients.join(', ')}` : ''
  const { organizationId } = rule
  if (organizationId === undefined) return [ok('administrators', `no person${others}`)]
  const exists = await scalekit
    .organizations('')
    .getOrganization({ identities: { case: 'id', value: organizationId } })
    .then(() => true, unlessNotFound)
  if (!exists) {
    return [
      failed(
        'administrators',
        `ADMIN_ORGANIZATION is ${organizationId}, which this environment does not have`,
        'set ADMIN_ORGANIZATION to the id of your own organization in this environment',
      ),
    ]
  }
  const people = await everyPage((pageToken) =>
    scalekit
      .users('')
      .listOrganizationUsers({ organizationId, pageSize: 100, pageToken })
      .then(({ users, nextPageToken }) => ({ items: users, nextPageToken })),
  )
  const active = people.filter((user) => membershipOf(user, organizationId) !== undefined)
  const withRole = active.filter((user) => hasRole(user, rule, organizationId))
  const allowed = rule.permission === undefined ? withRole : await withPermission(withRole, rule, scalekit)
  if (allowed.length > 0) {
    const many = allowed.length === 1 ? 'one active member' : `${allowed.length} active members`
    return [ok('administrators', `${many} of ${organizationId}${wordsOf(rule)}${others}`)]
  }
  return [
    failed(
      'administrators',
      active.length === 0
        ? `${organizationId} has no active member (ADMIN_ORGANIZATION)`
        : `none of the ${active.length} active members of ${organizationId} has what ${withRole.length === 0 ? 'ADMIN_ROLES' : 'ADMIN_PERMISSION'} asks for:${wordsOf(rule)}`,
      'add a person to the organization with the role in the Scalekit dashboard, or correct the variable',
    ),
  ]
}

function wordsOf({ roles, permission }: AdministratorRule): string {
  const parts = [
    ...(roles.length > 0 ? [`the role ${roles.join(' or ')}`] : []),
    ...(permission === undefined ? [] : [`the permission ${permission}`]),
  ]
  return parts.length > 0 ? ` with ${parts.join(' and ')}` : ''
}

function membershipOf(user: users.User, organizationId: string) {
  return user.memberships.find(
    (each) =>
      each.organizationId === organizationId && each.membershipStatus === commons.MembershipStatus.ACTIVE,
  )
}

function hasRole(user: users.User, { roles }: AdministratorRule, organizationId: string): boolean {
  const own = membershipOf(user, organizationId)?.roles ?? []
  return roles.length === 0 || own.some(({ name }) => roles.includes(name))
}

async function withPermission(
  people: readonly users.User[],
  { organizationId = '', permission }: AdministratorRule,
  scalekit: OwnServer['scalekit'],
): Promise<users.User[]> {
  const found: users.User[] = []
  for (const user of people.slice(0, MOST_PEOPLE)) {
    const { permissions } = await scalekit.users('').listUserPermissions({ organizationId, userId: user.id })
    if (permissions.some(({ name }) => name === permission)) found.push(user)
  }
  return found
}

/** Whether a revoked token would be noticed: the endpoint answers a question about a text that is no token. */
export async function checkRevocation({ config }: OwnServer): Promise<Finding[]> {
  const { introspectionUrl, clientId, clientSecret } = config
  if (introspectionUrl === undefined) {
    return [
      notChecked('revocation', 'INTROSPECTION_URL is not set: a revoked token is valid until it expires'),
    ]
  }
  const credentials = [clientId, clientSecret.reveal()].map(encodeURIComponent).join(':')
  try {
    const { status, json } = await ask(introspectionUrl, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({ token: 'not-a-token' }).toString(),
    })
    if (status === 200 && typeof json?.active === 'boolean')
      return [ok('revocation', `${introspectionUrl} answers`)]
    return [
      failed(
        'revocation',
        `${introspectionUrl} answered with ${status}, so every write is refused`,
        status === 401 ? 'check SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET' : 'correct INTROSPECTION_URL',
      ),
    ]
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return [
      failed(
        'revocation',
        `${introspectionUrl} does not answer (${error.code}), so every write is refused`,
        'correct INTROSPECTION_URL, or let this machine reach it',
      ),
    ]
  }
}

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextPageToken: string
}

async function everyPage<Item>(read: (pageToken: string) => Promise<Page<Item>>): Promise<Item[]> {
  const found: Item[] = []
  let pageToken = ''
  do {
    const page = await read(pageToken)
    found.push(...page.items)
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return found
}

function unlessNotFound(error: unknown): false {
  if (ConnectError.from(error).code === Code.NotFound) return false
  throw error
}

/** To Scalekit a slash at the end makes no other server. */
const withoutSlash = (url: string) => url.replace(/\/$/, '')
