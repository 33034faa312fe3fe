import { setTimeout as wait } from 'node:timers/promises'
import { endsWithin } from '@scalekit-mcp/api/ends-within'
import { SignJWT } from 'jose'
import { realmIssuer } from '../domain/environments/realm.js'
import { takeUntoldEvents } from '../domain/events/note-event.js'
import type { Webhooks } from '../domain/events/webhooks.js'
import { endExpired } from '../domain/sessions/end.js'
import { logoutAddresses, type SessionEnding, takeEndings } from '../domain/sessions/session-endings.js'
import type { DataStore } from '../domain/store.js'
import { reportFailure } from '../http/report-failure.js'
import { seconds } from '../storage/clock.js'
import { newId } from '../storage/ids.js'
import { SIGNING_ALGORITHM, type SigningKeys } from '../storage/keys.js'

/** How often to look for events and for sessions that have ended, and how long to leave a database alone that fails. */
const LOOK_MS = 250
const FAILURE_MS = 10_000
/** OpenID Connect Back-Channel Logout, section 2.4: a logout token expires two minutes after it is issued at the latest. */
const TOKEN_SECONDS = 120
const RETRY_AFTER_MS = [200, 400, 800]
const ANSWER_MS = 10_000

export interface NoticeContext extends DataStore {
  readonly baseUrl: string
  readonly keys: SigningKeys
  readonly webhooks: Webhooks
}

/**
 * Sends applications the events that a transaction has noted, and a logout token for each session that has ended to each
 * client that was used in it, whether a person ended it or it timed out (OpenID Connect Back-Channel Logout 1.0).
 */
export function sendNotices(context: NoticeContext): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const looking = look()
  return {
    stop() {
      stopped.abort()
      return looking
    },
  }

  async function look(): Promise<void> {
    while (!stopped.signal.aborted) {
      const pause = await tellAll().then(
        () => LOOK_MS,
        (error: unknown) => {
          if (!stopped.signal.aborted) reportFailure(error)
          return FAILURE_MS
        },
      )
      await wait(pause, undefined, { signal: stopped.signal, ref: false }).catch(() => {})
    }
  }

  async function tellAll(): Promise<void> {
    const { database, webhooks } = context
    await endExpired(context)
    await webhooks.resume()
    for (const event of await takeUntoldEvents(database.db)) await webhooks.emit(event)
    for (const ending of await takeEndings(database.db)) {
      for (const { client, uri } of await logoutAddresses(database.db, ending))
        void deliver(uri, await logoutToken(context, ending, client), stopped.signal)
    }
  }
}

/** Section 2.4. The type tells it from an ID token. */
async function logoutToken(
  { baseUrl, keys, clock }: NoticeContext,
  { realm, user, session }: SessionEnding,
  client: string,
): Promise<string> {
  const { kid, privateKey } = await keys.of(realm)
  const iat = seconds(clock)
  return new SignJWT({
    ...{ iss: realmIssuer(baseUrl, realm), sub: user, aud: client, sid: session },
    ...{ iat, exp: iat + TOKEN_SECONDS, jti: newId('tkn') },
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: 'logout+jwt', kid })
    .sign(privateKey)
}

/** Section 2.5: until an answer is 2xx, or the retries are used up. */
async function deliver(uri: string, logout_token: string, stopped: AbortSignal): Promise<void> {
  for (const pause of [...RETRY_AFTER_MS, 0]) {
    if (stopped.aborted || (await send(uri, logout_token, stopped))) return
    await wait(pause, undefined, { signal: stopped, ref: false }).catch(() => {})
  }
}

async function send(uri: string, logout_token: string, stopped: AbortSignal): Promise<boolean> {
  const signal = endsWithin(ANSWER_MS, stopped)
  try {
    const body = new URLSearchParams({ logout_token })
    const response = await fetch(uri, { method: 'POST', body, redirect: 'manual', signal })
    await response.body?.cancel()
    return response.ok
  } catch {
    // No answer: refused, too late, or stopped.
    return false
  }
}
