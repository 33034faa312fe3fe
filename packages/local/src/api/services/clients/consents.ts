import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ClientService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { m2mClientData, m2mClientsOf } from '../../../domain/clients/m2m-client-data.js'
import { findResource } from '../../../domain/resources/resource-data.js'
import { type Consent, listConsents, revokeConsent } from '../../../domain/sessions/grant-records.js'
import { listRegistered } from '../../../domain/sessions/registered-clients.js'
import type { Store } from '../../../domain/store.js'
import type { Schema } from '../../../storage/schema.js'
import { pageOf, readPage } from '../../page.js'
import { environmentOf, principalKey } from '../../request-context.js'

/** A consent, with the MCP server that it is for and the name of the client that it was given to. */
type NamedConsent = Consent & { readonly server: string; readonly clientName: string }

/** What people allowed the clients of MCP servers, from the grants of the authorization servers. */
export function consentHandlers(store: Store): Partial<ServiceImpl<typeof ClientService>> {
  const { database } = store
  return {
    async listResourceUserConsents(request, context) {
      const environment = environmentOf(context)
      const { id } = await findResource(database.db, environment, request.resourceId)
      const wanted = request.search.toLowerCase()
      const found = (await consentsFor(database.db, environment, [id])).filter((consent) =>
        [consent.userId, consent.clientId, consent.clientName].some((text) =>
          text.toLowerCase().includes(wanted),
        ),
      )
      const { rows, tokens } = pageOf(readPage(['consents', environment, id, wanted], request), found)
      return { ...tokens, consents: rows.map(toConsent) }
    },

    async revokeUserConsent({ clientId, consentId }, context) {
      await revoke(context, consentId, (consent) => consent.clientId === clientId)
      return {}
    },

    /** What the user whose session asks has allowed, at any MCP server of the environment. */
    async listCurrentAgentConsents(request, context) {
      const environment = environmentOf(context)
      const user = currentUser(context)
      const all = await consentsFor(database.db, environment, await servers(database.db, environment))
      const own = all.filter(({ userId }) => userId === user)
      const { rows, tokens } = pageOf(readPage(['own consents', environment, user], request), own)
      return { ...tokens, consents: rows.map(toConsent) }
    },

    async revokeCurrentAgentConsent({ consentId }, context) {
      const user = currentUser(context)
      await revoke(context, consentId, ({ userId }) => userId === user)
      return {}
    },
  }

  async function revoke(context: HandlerContext, id: string, may: (consent: Consent) => boolean) {
    const environment = environmentOf(context)
    await database.transaction(async (db) => {
      const all = await consentsFor(db, environment, await servers(db, environment))
      const consent = all.find((one) => one.id === id && may(one))
      if (!consent) throw apiError(Code.NotFound, `There is no consent ${JSON.stringify(id)}`)
      await revokeConsent(store, db, environment, consent.server, consent)
    })
  }

  async function consentsFor(db: Kysely<Schema>, environment: string, ids: readonly string[]) {
    const consents: NamedConsent[] = []
    for (const server of ids) {
      const names = await clientNames(db, environment, server)
      for (const consent of await listConsents(store, db, environment, server))
        consents.push({ ...consent, server, clientName: names.get(consent.clientId) ?? '' })
    }
    return consents
  }
}

async function servers(db: Kysely<Schema>, environment: string): Promise<string[]> {
  const rows = await db.selectFrom('resources').select('id').where('realm', '=', environment).execute()
  return rows.map(({ id }) => id)
}

async function clientNames(db: Kysely<Schema>, environment: string, server: string) {
  const made = await m2mClientsOf(db, environment, { resource_id: server }).selectAll().execute()
  const registered = await listRegistered(db, environment, server)
  return new Map([
    ...made.map((row) => [row.id, m2mClientData(row).name] as const),
    ...registered.map(({ id, name }) => [id, name] as const),
  ])
}

function currentUser(context: HandlerContext): string {
  const principal = context.values.get(principalKey)
  if (principal?.kind === 'session') return principal.userId
  throw apiError(Code.PermissionDenied, 'Only a user’s session has consents of its own')
}

function toConsent(consent: NamedConsent) {
  return {
    id: consent.id,
    externalUserId: consent.userId,
    clientId: consent.clientId,
    clientName: consent.clientName,
    scopes: [...consent.scopes],
    grantedAt: timestampFromMs(consent.grantedAt),
  }
}
