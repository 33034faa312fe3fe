import { z } from 'zod'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'

/** How long a user has at the provider or at the form, and the application to verify the user. */
export const REQUEST_SECONDS = 600

/** What the application gave with a link. */
export const LinkData = z.object({
  state: z.string().optional(),
  user_verify_url: z.string().optional(),
})
export type LinkData = z.infer<typeof LinkData>

const AccountRequest = z.object({
  account: z.string(),
  link: LinkData,
  /** The browser that has opened the link, by the hash of its cookie. */
  browser: z.string(),
  /** RFC 7636. */
  verifier: z.string(),
})
export type AccountRequest = z.infer<typeof AccountRequest>

/** Users who are at a provider to connect an account, by the `state` of the request. */
export function accountRequests(store: DataStore, environment: string) {
  return createTickets(store, environment, 'AccountRequest', AccountRequest)
}

/** Users who are at the form for the credentials of an account, by the last segment of its path. */
export function credentialRequests(store: DataStore, environment: string) {
  return createTickets(store, environment, 'CredentialRequest', z.object({ account: z.string() }))
}

/** Accounts that wait until the application has verified the user, by `auth_request_id`. */
export function verificationRequests(store: DataStore, environment: string) {
  return createTickets(store, environment, 'AccountVerification', z.object({ account: z.string() }))
}
