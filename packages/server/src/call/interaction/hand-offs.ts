import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '@scalekit-mcp/auth'
import type { Timeouts } from '../../config/timeouts.js'
import { ToolError, toolErrors } from '../../errors.js'
import type { KeyValue } from '../../shared/key-value.js'
import { type Selection, storedSelection } from '../access.js'
import { digestOf } from '../digest.js'
import type { HandOff, WaitingCall } from './interaction.js'
import type { Outcome, Progress } from './outcome.js'

const POLL_MS = 500
/** After the deadline of a call: for writing its outcome, and for replicas whose clocks differ. */
const SETTLE_MS = 5_000

/** The person has confirmed the call. */
interface Claim {
  /** Milliseconds since the epoch. Without an outcome by then, the process that ran the call has lost it. */
  readonly runsUntil: number
}

const unknownOutcome: Outcome = {
  status: 'failed',
  error: {
    code: 'upstream_timeout',
    message: 'The call was started, and its outcome is unknown.',
    nextStep: toolErrors.upstream_timeout,
  },
}

const isOver = (progress: Progress): progress is Outcome =>
  progress.status !== 'waiting' && progress.status !== 'running'

export function isSameOwner(one: HandOff['owner'], other: HandOff['owner']): boolean {
  return (
    one.issuer === other.issuer &&
    one.subject === other.subject &&
    one.organizationId === other.organizationId
  )
}

/** The person, as a member of the organization that the token is bound to. */
export function ownerOf({ issuer, subject, organizationId }: Caller): HandOff['owner'] {
  return { issuer, subject, organizationId: organizationId ?? null }
}

/** The calls that wait for a person at a page, of all replicas that share `kept`. */
export interface HandOffs {
  forCall(call: ForCall): WaitingCall
  get(id: string): Promise<HandOff | undefined>
  /** A call that was claimed and has no outcome after its deadline has failed: it may have had an effect. */
  progress(id: string): Promise<Progress>
  /** Starts the call. @returns false where it was made, or declined, already */
  claim(id: string): Promise<boolean>
  settle(id: string, outcome: Outcome): Promise<void>
  /** The call ended as it was said, and more is known of it. */
  correct(id: string, outcome: Outcome): Promise<void>
  /** Nothing was done: the call waits again. */
  release(id: string): Promise<void>
  /**
   * Waits until a hand-off of this caller has ended, the time for that is over, or the client has gone.
   * @throws ToolError `not_found`, also for one about another environment than the connection is bound to
   */
  wait(id: string, waiting: Waiting, signal: AbortSignal): Promise<{ tool: string; progress: Progress }>
}

interface Waiting {
  readonly caller: Caller
  /** The environment that the connection is bound to. */
  readonly boundEnvironment?: { readonly id: string } | undefined
}

interface ForCall {
  readonly tool: string
  readonly caller: Caller
  readonly selection: Selection
}

/**
 * @param kept where hand-offs are
 * @param urlOf the page of a hand-off
 * @param waits how long a person has, how long a call has, and how long it waits for the person
 */
export function createHandOffs(
  kept: KeyValue,
  urlOf: (id: string) => string | Promise<string>,
  { handOff: handOffMs, call: callMs, wait: waitMs }: Pick<Timeouts, 'handOff' | 'call' | 'wait'>,
): HandOffs {
  const recordKey = (id: string) => `hand-off:${id}`
  const claimKey = (id: string) => `hand-off-claim:${id}`
  const outcomeKey = (id: string) => `hand-off-outcome:${id}`

  const get = async (id: string) => (await kept.get(recordKey(id))) as HandOff | undefined

  const newClaim = (): Claim => ({ runsUntil: Date.now() + callMs + SETTLE_MS })

  /** The client may ask late how the call ended, and until then the same call must find this one. */
  const renew = async (id: string) => {
    const handOff = await get(id)
    if (!handOff) return
    await kept.put(recordKey(id), handOff, handOffMs)
    await kept.put(handOff.callKey, id, handOffMs)
  }

  const claim = async (id: string) => {
    await renew(id)
    return kept.add(claimKey(id), newClaim(), handOffMs)
  }

  const settle = async (id: string, outcome: Outcome) => {
    await kept.put(outcomeKey(id), outcome, handOffMs)
    await kept.put(claimKey(id), newClaim(), handOffMs)
    await renew(id)
  }

  /**
   * The client has the outcome: the same call is another from now on, for which a person is asked again. `wait_for_hand_off` gives
   * the outcome again, to a client that lost it.
   */
  const given = (callKey: string) => kept.delete(callKey)

  const progress = async (id: string): Promise<Progress> => {
    const outcome = (await kept.get(outcomeKey(id))) as Outcome | undefined
    if (outcome) return outcome
    const claimed = (await kept.get(claimKey(id))) as Claim | undefined
    if (!claimed) return { status: 'waiting' }
    return claimed.runsUntil > Date.now() ? { status: 'running' } : unknownOutcome
  }

  return {
    forCall({ caller, tool, selection }) {
      const { clientId } = caller
      const owner = ownerOf(caller)
      const { environmentId, readOnly } = selection
      const keyOf = (args: unknown) =>
        `hand-off-of:${digestOf([owner, clientId, tool, args, environmentId ?? null, readOnly])}`
      /** Under the names that a client gave is the key of the call by ids. */
      const spellingKey = (args: unknown) => `hand-off-named:${keyOf(args)}`
      const known = async (args: unknown) => {
        const callKey = ((await kept.get(spellingKey(args))) as string | undefined) ?? keyOf(args)
        const id = (await kept.get(callKey)) as string | undefined
        return id === undefined ? undefined : get(id)
      }
      return {
        async outcome(args) {
          // A memory out of reach is no reason to refuse a call that needs no person; one that does cannot wait there either.
          const handOff = await known(args).catch(() => undefined)
          const now = handOff && (await progress(handOff.id))
          if (!now || !isOver(now)) return undefined
          // Of two calls at the same time one gets it.
          return (await given(handOff.callKey)) ? now : undefined
        },
        isKnown: async (args) => (await known(args).catch(() => undefined)) !== undefined,
        async open({ named, resolved }) {
          const callKey = keyOf(resolved)
          const waiting = await known(resolved)
          const handOff = waiting ?? {
            id: randomBytes(32).toString('base64url'),
            tool,
            arguments: resolved,
            selection: storedSelection(selection),
            owner,
            clientId,
            callKey,
            expiresAt: Date.now() + handOffMs,
          }
          const url = await urlOf(handOff.id)
          if (!waiting) {
            await kept.put(recordKey(handOff.id), handOff, handOffMs)
            await kept.put(callKey, handOff.id, handOffMs)
          }
          // As long as a call that is confirmed and ends at the last moment.
          if (keyOf(named) !== callKey) await kept.put(spellingKey(named), callKey, 3 * handOffMs)
          return { handOff, url, isRunning: (await progress(handOff.id)).status === 'running' }
        },
        async decline(id) {
          const isOurs = await claim(id)
          if (!isOurs) return false
          await settle(id, { status: 'declined' })
          const handOff = await get(id)
          // The client knows: the same call asks again.
          if (handOff) await given(handOff.callKey)
          return true
        },
      }
    },
    get,
    progress,
    claim,
    settle,
    correct: (id, outcome) => kept.put(outcomeKey(id), outcome, handOffMs),
    async release(id) {
      await kept.delete(claimKey(id))
    },
    async wait(id, waiting, signal) {
      const handOff = await get(id)
      if (!handOff || !maySee(handOff, waiting)) {
        throw new ToolError('not_found', 'No call of yours waits under this handOffId.', {
          nextStep: 'Repeat the call that gave it: it may be over.',
        })
      }
      const until = Date.now() + waitMs
      let now = await progress(id)
      while (!isOver(now) && Date.now() < until && !signal.aborted) {
        await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
        now = await progress(id)
      }
      // Whoever has gone gets nothing: the repeated call does.
      if (isOver(now) && !signal.aborted) await given(handOff.callKey)
      return { tool: handOff.tool, progress: now }
    },
  }
}

function maySee(handOff: HandOff, { caller, boundEnvironment }: Waiting): boolean {
  const { environmentId } = handOff.arguments
  const isReached = !boundEnvironment || environmentId === undefined || environmentId === boundEnvironment.id
  return isReached && handOff.clientId === caller.clientId && isSameOwner(handOff.owner, ownerOf(caller))
}
