import { json, type NextFunction, type Request, type Response, Router } from 'express'
import { readSecrets } from '../domain/clients/secrets.js'
import type { JsonObject } from '../domain/directories/json.js'
import { DomainError, type DomainErrorCode } from '../domain/domain-error.js'
import type { Store } from '../domain/store.js'
import type { DirectoryRow } from '../storage/registry-schema.js'
import { secretMatches } from '../storage/secret-hash.js'
import { listOf, resourceTypes, SERVICE_PROVIDER_CONFIG, schemas } from './scim-discovery.js'
import { ScimError } from './scim-error.js'
import { scimGroups } from './scim-groups.js'
import { fromBody, patched } from './scim-patch.js'
import { type Projection, projection } from './scim-projection.js'
import type { ScimResources } from './scim-resources.js'
import { scimUsers } from './scim-users.js'

const SCIM = 'application/scim+json'

/** RFC 7644, section 3.12: how a rule of the domain is refused. */
const REFUSALS: Readonly<Record<DomainErrorCode, (message: string) => ScimError>> = {
  not_found: (message) => new ScimError(404, message),
  already_exists: (message) => new ScimError(409, message, 'uniqueness'),
  invalid: (message) => new ScimError(400, message, 'invalidValue'),
  failed_precondition: (message) => new ScimError(400, message, 'mutability'),
  unimplemented: (message) => new ScimError(501, message),
}

type Answer = { status?: number; body?: object; location?: string }
type Operation = (resources: ScimResources, request: Request, project: Projection) => Promise<Answer>

const KINDS = { Users: scimUsers, Groups: scimGroups }

/**
 * SCIM 2.0 (RFC 7644) for the directories of organizations: where a customer's identity provider sends its users
 * and groups, under `/<environment>/directories/<directory>/scim/v2`, with a secret of the directory.
 */
export function scimRoutes(context: Store): Router {
  const router = Router({ mergeParams: true })
  router.use(json({ type: [SCIM, 'application/json'], limit: '1mb' }))
  // An address that was entered with a slash at its end leads clients to //Users.
  router.use((request, _response, next) => {
    request.url = request.url.replace(/^\/{2,}/, '/')
    next()
  })
  router.get('/ServiceProviderConfig', async (request, response) => {
    await authenticated(request)
    send(response, { body: SERVICE_PROVIDER_CONFIG })
  })
  for (const [path, describe] of [
    ['/ResourceTypes', resourceTypes],
    ['/Schemas', schemas],
  ] as const) {
    router.get(`${path}{/:id}`, async (request, response) => {
      const all = describe(baseOf(await authenticated(request)))
      const { id } = request.params
      const one = all.find((each) => each.id === id)
      if (id !== undefined && one === undefined) throw new ScimError(404, `There is no ${path}/${id}.`)
      send(response, { body: one ?? listOf(all) })
    })
  }
  for (const kind of ['Users', 'Groups'] as const) {
    const on = (operation: Operation) => async (request: Request, response: Response) => {
      const directory = await authenticated(request)
      const resources = KINDS[kind](context, directory, baseOf(directory))
      const project = projection(resources.type, request.query)
      send(response, await operation(resources, request, project))
    }
    const one = `/${kind}/:id`
    const id = (request: Request) => String(request.params.id)
    router.get(
      `/${kind}`,
      on(async (resources, { query }, project) => ({ body: await resources.list(query, project) })),
    )
    router.post(
      `/${kind}`,
      on(async (resources, { body }, project) => {
        const created = await resources.create(body)
        return { status: 201, body: project(created), location: created.meta.location }
      }),
    )
    router.get(
      one,
      on(async (resources, request, project) => ({ body: project(await resources.get(id(request))) })),
    )
    router.put(
      one,
      on(async (resources, request, project) => {
        const next = fromBody(resources.type, request.body)
        return { body: project(await resources.change(id(request), () => next)) }
      }),
    )
    router.patch(
      one,
      on(async (resources, request, project) => {
        const next = (before: JsonObject) => patched(resources.type, before, request.body)
        return { body: project(await resources.change(id(request), next)) }
      }),
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
    throw new ScimError(404, 'SCIM serves Users, Groups, ServiceProviderConfig, ResourceTypes and Schemas.')
  })
  router.use(renderScimError)
  return router

  function baseOf({ environment_id, id }: DirectoryRow): string {
    return `${context.baseUrl}/${environment_id}/directories/${id}/scim/v2`
  }

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
  const refusal = refusalOf(error)
  if (refusal === undefined) {
    next(error)
    return
  }
  if (refusal.status === 401) response.set('WWW-Authenticate', 'Bearer')
  send(response, { status: refusal.status, body: refusal })
}

function refusalOf(error: unknown): ScimError | undefined {
  if (error instanceof ScimError) return error
  if (error instanceof DomainError) return REFUSALS[error.code](error.message)
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  if (status === 400) return new ScimError(400, 'The body is not valid JSON.', 'invalidSyntax')
  if (status === 413) return new ScimError(413, 'The body is larger than 1 MB.')
  return undefined
}
