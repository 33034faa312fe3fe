import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { environmentType } from '../environments/environment-type.js'
import { type ClientData, clientData } from './client-data.js'
import { isTemplate } from './redirect-templates.js'
import { uriIn } from './redirect-uris.js'

/** The applications of an environment, the first created first. */
export async function applications(db: Kysely<Schema>, environment: string): Promise<ClientData[]> {
  const rows = await db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', environment)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(clientData)
}

/**
 * A client as it is in an organization: its URIs are those without placeholders, and those that the organization fills
 * in. Without an organization, the former only.
 */
export async function clientIn(
  db: Kysely<Schema>,
  environment: string,
  organization: string | null | undefined,
  data: ClientData,
): Promise<ClientData> {
  const { post_login_uris, post_logout_redirect_uris, initiate_login_uri } = data
  const uris = [...post_login_uris, ...post_logout_redirect_uris, initiate_login_uri]
  if (!uris.some(isTemplate)) return data
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', organization ?? '')
    .executeTakeFirst()
  const rules = row && { environment: await environmentType(db, environment) }
  const uriOf = (uri: string) => (row && rules ? uriIn(row, rules, uri) : isTemplate(uri) ? undefined : uri)
  return {
    ...data,
    post_login_uris: post_login_uris.flatMap((uri) => uriOf(uri) ?? []),
    post_logout_redirect_uris: post_logout_redirect_uris.flatMap((uri) => uriOf(uri) ?? []),
    initiate_login_uri: uriOf(initiate_login_uri) ?? '',
  }
}

/** The applications of an environment as they are in an organization. */
export async function applicationsIn(
  db: Kysely<Schema>,
  environment: string,
  organization: string | null,
): Promise<ClientData[]> {
  const all = await applications(db, environment)
  return Promise.all(all.map((data) => clientIn(db, environment, organization, data)))
}

/**
 * The origins of the callback URLs of an environment, as sources of a Content-Security-Policy (CSP 3, section 2.3.1):
 * a wildcard for subdomains is the same there, and an IPv6 address cannot be written.
 */
export async function callbackOrigins(db: Kysely<Schema>, environment: string): Promise<string[]> {
  return (await applications(db, environment)).flatMap(originsOf).filter(isFirst)
}

/**
 * The hosts of the callback URLs of the applications that have one at an origin; without an origin, of all applications.
 * An organization fills in the placeholders of its own URLs.
 */
export async function authorizedDomains(
  db: Kysely<Schema>,
  environment: string,
  organization: string | null,
  origin: string | undefined,
): Promise<string[]> {
  const data =
    organization === null
      ? await applications(db, environment)
      : await applicationsIn(db, environment, organization)
  const origins = data.map(originsOf).filter((own) => origin === undefined || own.includes(origin))
  return origins
    .flat()
    .map((one) => one.replace(/^https?:\/\//i, ''))
    .filter(isFirst)
}

function originsOf({ post_login_uris }: ClientData): string[] {
  // An organization fills in a placeholder, in the first label as a wildcard would.
  return post_login_uris
    .map((uri) => uri.replace(/^(https?:\/\/)\{\{[\w-]+\}\}\./i, '$1*.'))
    .flatMap((uri) => /^https?:\/\/(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::\d+)?(?=[/?#]|$)/i.exec(uri)?.[0] ?? [])
}

function isFirst(value: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(value) === index
}
