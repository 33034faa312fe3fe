import type { Clock } from '../../storage/clock.js'
import { newId } from '../../storage/ids.js'

/** How many messages are remembered. */
const KEPT = 500

/** What would have left this machine: an e-mail to a person, or a webhook to an application. */
export interface OutgoingMessage {
  kind: 'email' | 'webhook'
  environment: string
  to: string
  subject: string
  text: string
  /** A code that the text holds, and a link, so that nobody has to read the text for them. */
  code?: string
  link?: string
  /** What the application gave for its own template. */
  variables?: Readonly<Record<string, string>>
}

export interface SentMessage extends OutgoingMessage {
  id: string
  at: string
}

/**
 * Where messages go instead of to people. They hold codes and links that sign in: they live in the memory of
 * this process, never in the database or a log.
 */
export interface Outbox {
  put(message: OutgoingMessage): SentMessage
  /** The latest messages, oldest first. */
  list(): SentMessage[]
  clear(): void
}

export function createOutbox(clock: Clock): Outbox {
  let messages: SentMessage[] = []
  return {
    put(message) {
      const sent = { id: newId('msg'), at: new Date(clock.now()).toISOString(), ...message }
      messages = [...messages, sent].slice(-KEPT)
      return sent
    },
    list: () => [...messages],
    clear() {
      messages = []
    },
  }
}
