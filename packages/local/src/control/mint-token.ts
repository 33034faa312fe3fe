import type { JWTPayload } from 'jose'
import { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import { realmExists, realmIssuer, realmOfIssuer } from '../domain/environments/realm.js'
import { isIndicatorOf, listResources, type Resource } from '../domain/resources/resources.js'
import { mayGrant } from '../domain/resources/scopes.js'
import { resourceClaims } from '../domain/tokens/issue-token.js'
import { findPerson, type Person } from '../domain/users/people.js'
import { LocalError } from '../storage/local-error.js'
import type { ControlContext } from './control-context.js'

const DEFAULT_RESOURCE = 'res_100000000000000001'

const TokenRequest = z
  .strictObject({
    subject: z.string().optional().describe('A member or user, by id or e-mail.'),
    client_id: z
      .string()
      .optional()
      .describe('The client; without a subject, the token is the client’s own.'),
    resource: z
      .string()
      .default(DEFAULT_RESOURCE)
      .describe('An MCP server by id or URL, or the issuer of a realm.'),
    scopes: z
      .array(z.string().min(1))
      .optional()
      .describe('Default: all of the MCP server’s that the subject may grant.'),
    expires_in: z
      .int()
      .min(-86_400)
      .max(86_400)
      .default(3600)
      .describe('Seconds; negative for an expired token.'),
    claims: z.record(z.string(), z.unknown()).default({}).describe('Claims to add or replace.'),
  })
  .refine(({ subject, client_id }) => subject !== undefined || client_id !== undefined, {
    error: 'send a subject (a person’s id or e-mail) or a client_id',
  })

/** What a token is for: a realm's key signs it, with this issuer and audience. */
interface Target {
  realm: string
  iss: string
  aud: string[]
  scopes: string[]
}

/**
 * Makes an access token without a sign-in, for tests: signed as any other, with whatever scopes, lifetime and
 * claims are asked for. Throws a `LocalError` (`request_invalid`) that says what to send.
 */
export async function mintToken(context: ControlContext, body: unknown): Promise<{ access_token: string }> {
  const parsed = TokenRequest.safeParse(body)
  if (!parsed.success) throw new LocalError('request_invalid', describeProblems(parsed.error))
  const { subject, client_id, resource, scopes, expires_in, claims } = parsed.data
  const target = await findTarget(context, resource)
  const person = subject === undefined ? undefined : await findSubject(context, target.realm, subject)
  const granted = target.scopes.filter((scope) => person === undefined || mayGrant(person, scope))
  return {
    access_token: await context.tokens.issue(target.realm, {
      iss: target.iss,
      aud: target.aud,
      sub: person?.id ?? client_id ?? '',
      client_id: client_id ?? 'local_control',
      scope: (scopes ?? granted).join(' '),
      lifetime: expires_in,
      extra: { ...(person?.organization && { oid: person.organization.id }), ...claims } as JWTPayload,
    }),
  }
}

async function findTarget(context: ControlContext, indicator: string): Promise<Target> {
  const resource = await findAnyResource(context, indicator)
  if (resource !== undefined) {
    return { realm: resource.realm, scopes: resource.scopes, ...resourceClaims(context.baseUrl, resource) }
  }
  const realm = realmOfIssuer(context.baseUrl, indicator)
  if (realm !== undefined && (await realmExists(context.database, realm))) {
    const issuer = realmIssuer(context.baseUrl, realm)
    return { realm, iss: issuer, aud: [issuer], scopes: [] }
  }
  throw new LocalError(
    'request_invalid',
    `resource: nothing here is called ${indicator}. Send the id (res_…) or URL of an MCP server, or the issuer of a realm.`,
  )
}

async function findAnyResource(context: ControlContext, indicator: string): Promise<Resource | undefined> {
  const realms = await context.database.db.selectFrom('resources').select('realm').distinct().execute()
  for (const { realm } of realms) {
    const found = (await listResources(context.database, realm)).find((one) => isIndicatorOf(one, indicator))
    if (found !== undefined) return found
  }
  return undefined
}

async function findSubject(context: ControlContext, realm: string, idOrEmail: string): Promise<Person> {
  const person = await findPerson(context.database, realm, idOrEmail)
  if (person !== undefined) return person
  throw new LocalError('request_invalid', `subject: nobody in ${realm} has the id or e-mail ${idOrEmail}.`)
}
