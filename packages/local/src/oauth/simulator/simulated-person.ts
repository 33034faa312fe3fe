import { createHash } from 'node:crypto'
import { z } from 'zod'
import { createTickets } from '../../domain/sessions/tickets.js'
import type { OAuthContext } from '../server/oauth-context.js'

/** The realm of what the simulated identity providers keep. */
export const SIMULATOR = 'simulator'

const LIFETIME_SECONDS = 24 * 3600

/** Whom a tester says that they are, at a simulated identity provider. */
export const SimulatedPerson = z.object({
  email: z.email(),
  given_name: z.string().trim().max(100).default(''),
  family_name: z.string().trim().max(100).default(''),
  groups: z.array(z.string()).default([]),
  custom: z.record(z.string(), z.string()).default({}),
})
export type SimulatedPerson = z.infer<typeof SimulatedPerson>

export type PersonForm =
  | { person: SimulatedPerson; problem?: undefined; email?: undefined }
  | { person: undefined; problem: string; email: string }

/** What a simulated identity provider can answer instead of somebody, by the names of the form. */
export const SIMULATED_ERRORS = {
  invalid_credentials: { message: 'Invalid user credentials', oauth: 'access_denied', saml: 'AuthnFailed' },
  user_not_found: { message: 'User not found', oauth: 'access_denied', saml: 'UnknownPrincipal' },
  server_error: { message: 'Server error', oauth: 'server_error', saml: undefined },
} as const
export type SimulatedError = (typeof SIMULATED_ERRORS)[keyof typeof SIMULATED_ERRORS]

/** The error that a form chooses. */
export function readErrorForm(body: Record<string, unknown>): SimulatedError {
  const chosen = Object.entries(SIMULATED_ERRORS).find(([name]) => name === body.error)
  return chosen?.[1] ?? SIMULATED_ERRORS.invalid_credentials
}

/** Whom the form of a simulated identity provider names, or what is wrong with it. */
export function readPersonForm(body: Record<string, unknown>): PersonForm {
  const groups = String(body.groups ?? '')
    .split(',')
    .map((group) => group.trim())
  const custom = Object.fromEntries(
    [...String(body.custom ?? '').matchAll(/^\s*([^\s=]+)\s*=\s*(.*\S)\s*$/gm)].map(([, key, value]) => [
      key,
      value,
    ]),
  )
  const person = SimulatedPerson.safeParse({ ...body, groups: groups.filter(Boolean), custom })
  if (person.success) return { person: person.data }
  const problem = 'Give an e-mail address, and names of at most 100 letters.'
  return { person: undefined, problem, email: String(body.email ?? '').slice(0, 200) }
}

/** Keeps a person of a simulated identity provider, and gives the subject: the same one for the same e-mail address. */
export async function keepPerson(
  context: OAuthContext,
  idp: string,
  person: SimulatedPerson,
): Promise<string> {
  const subject = createHash('sha256')
    .update(`${idp} ${person.email.toLowerCase()}`)
    .digest('hex')
    .slice(0, 24)
  await people(context, idp).put(subject, person, LIFETIME_SECONDS)
  return subject
}

export function findSimulatedPerson(
  context: OAuthContext,
  idp: string,
  subject: string,
): Promise<SimulatedPerson | undefined> {
  return people(context, idp).get(subject)
}

function people(context: OAuthContext, idp: string) {
  return createTickets(context, `${SIMULATOR}/${idp}`, 'SimulatedPerson', SimulatedPerson)
}
