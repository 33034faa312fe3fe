import { json, type NextFunction, type Request, type Response, Router } from 'express'
import { readSecrets } from '../domain/clients/secrets.js'
import type { Store } from '../domain/store.js'
import type { DirectoryRow } from '../storage/registry-schema.js'
import { secretMatches } from '../storage/secret-hash.js'
import { ScimError } from './scim-error.js'
import { scimGroups } from './scim-groups.js'
import { patched } from './scim-patch.js'
import type { ScimResources } from './scim-resources.js'
import { scimUsers } from './scim-users.js'

const SCIM = 'application/scim+json'

/** RFC 7643, section 5: what provisioning clients may count on. */
const SERVICE_PROVIDER_CONFIG = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    { type: 'oauthbearertoken', name: 'Bearer token', description: 'A secret of the directory.' },
  ],
}

type Answer = { status?: number; body?: object; location?: string }
type Operation = (resources: ScimResources, request: Request) => Promise<Answer>

const KINDS = { Users: scimUsers, Groups: scimGroups }

/**
 * SCIM 2.0 (RFC 7644) for the directories of organizations: where a customer's identity provider sends its users
 * and groups, under `/<environment>/directories/<directory>/scim/v2`, with a secret of the directory.
 */
export function scimRoutes(context: Store): Router {
  const router = Router({ mergeParams: true })
  router.use(json({ type: [SCIM, 'application/json'], limit: '1mb' }))
  router.get('/ServiceProviderConfig', async (request, response) => {
    await authenticated(request)
    send(response, { body: SERVICE_PROVIDER_CONFIG })
  })
  for (const kind of ['Users', 'Groups'] as const) {
    const on = (operation: Operation) => async (request: Request, response: Response) => {
      const directory = await authenticated(request)
      const base = `${context.baseUrl}/${directory.environment_id}/directories/${directory.id}/scim/v2`
      send(response, await operation(KINDS[kind](context, directory, base), request))
    }
    const one = `/${kind}/:id`
    const id = (request: Request) => String(request.params.id)
    router.get(
      `/${kind}`,
      on(async (resources, { query }) => ({ body: await resources.list(query) })),
    )
    router.post(
      `/${kind}`,
      on(async (resources, { body }) => {
        const created = await resources.create(body)
        return { status: 201, body: created, location: created.meta.location }
      }),
    )
    router.get(
      one,
      on(async (resources, request) => ({ body: await resources.get(id(request)) })),
    )
    router.put(
      one,
      on(async (resources, request) => ({ body: await resources.change(id(request), () => request.body) })),
    )
    router.patch(
      one,
      on(async (resources, request) => ({
        body: await resources.change(id(request), (before) => patched(before, request.body)),
      })),
    )
    router.delete(
      one,
      on(async (resources, request) => {
        await resources.remove(id(request))
        return { status: 204 }
      }),
    )
  }
  router.use(() => {
    throw new ScimError(404, 'SCIM is served for Users, Groups and ServiceProviderConfig.')
  })
  router.use(renderScimError)
  return router

  /** The directory whose secret the client has. The same answer for a wrong one and for no directory. */
  async function authenticated({ params, headers }: Request): Promise<DirectoryRow> {
    const secret = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1]
    const directory = await context.database.db
      .selectFrom('directories')
      .selectAll()
      .where('environment_id', '=', String(params.realm))
      .where('id', '=', String(params.directory))
      .where('type', '=', 'SCIM')
      .executeTakeFirst()
    const active =
      directory === undefined ? [] : readSecrets(directory).filter(({ status }) => status === 'ACTIVE')
    const known =
      secret !== undefined &&
      secretMatches(
        secret,
        active.map(({ hash }) => hash),
      )
    if (directory === undefined || !known)
      throw new ScimError(401, 'Send a secret of the directory as a bearer token.')
    if (!directory.enabled) throw new ScimError(403, 'The directory is disabled. Enable it first.')
    return directory
  }
}

function send(response: Response, { status = 200, body, location }: Answer): void {
  response.status(status).set('Cache-Control', 'no-store')
  if (location !== undefined) response.set('Location', location)
  if (body === undefined) response.end()
  else response.type(SCIM).send(JSON.stringify(body))
}

function renderScimError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const unreadable = error instanceof Error && 'status' in error && error.status === 400
  const refusal =
    unreadable && !(error instanceof ScimError)
      ? new ScimError(400, 'The body is no JSON.', 'invalidSyntax')
      : error
  if (!(refusal instanceof ScimError)) {
    next(error)
    return
  }
  if (refusal.status === 401) response.set('WWW-Authenticate', 'Bearer')
  send(response, { status: refusal.status, body: refusal })
}
