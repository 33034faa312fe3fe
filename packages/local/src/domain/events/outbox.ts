import type { Clock } from '../../storage/clock.js'
import type { ControlState } from '../../storage/control-state.js'
import { newId } from '../../storage/ids.js'

/** How many messages are remembered. */
const KEPT = 500
/** After how many messages the older ones are deleted. */
const TRIM_EVERY = 50

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
  /** The id of the event of a webhook. */
  event?: string
  /** What the application gave for its own template. */
  variables?: Readonly<Record<string, string>>
}

export interface SentMessage extends OutgoingMessage {
  id: string
  at: string
}

/**
 * Where messages go instead of to people. They hold codes and links that sign in: the database has them encrypted, and no
 * log has them.
 */
export interface Outbox {
  put(message: OutgoingMessage): Promise<SentMessage>
  /** The latest messages, oldest first. */
  list(): Promise<SentMessage[]>
  clear(): Promise<void>
}

export function createOutbox(clock: Clock, messages: ControlState<SentMessage>): Outbox {
  let added = 0
  return {
    async put(message) {
      const sent = { id: newId('msg'), at: new Date(clock.now()).toISOString(), ...message }
      await messages.add(sent)
      if (added++ % TRIM_EVERY === 0) await messages.keepLatest(KEPT)
      return sent
    },
    list: async () => (await messages.list()).slice(-KEPT),
    clear: () => messages.clear(),
  }
}
