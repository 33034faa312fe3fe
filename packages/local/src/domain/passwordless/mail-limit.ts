import { z } from 'zod'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'

/** Source: Scalekit's documentation of headless passwordless sign-in. */
const MAILS = 2
const WINDOW_MS = 60_000

/** Counts an e-mail to an address, sent or sent again. Says whether it is within the limit of the environment. */
export async function mayMail(store: DataStore, environment: string, email: string): Promise<boolean> {
  const sent = createTickets(store, environment, 'PasswordlessMails', z.array(z.number()))
  const now = store.clock.now()
  const recent = ((await sent.get(email)) ?? []).filter((at) => at > now - WINDOW_MS && at <= now)
  if (recent.length >= MAILS) return false
  await sent.put(email, [...recent, now], WINDOW_MS / 1000)
  return true
}
