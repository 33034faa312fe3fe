import type { Ending } from '../call/deadline.js'
import { digestOf } from '../call/digest.js'
import { ToolError } from '../errors.js'

/** More would only be left open: a person answers one after the other. */
const MAX_PER_OWNER = 20

/** What a client sent for a question. */
export interface ClientAnswer {
  /** None where it answered with an error. */
  readonly result?: Readonly<Record<string, unknown>>
  /** The HTTP request that brought it. */
  readonly requestId: string
}

export interface Question {
  /** Names it among all. */
  readonly name: string
  /** Who is asked: one caller has at most twenty questions at a process. */
  readonly owner: string
}

/** The questions that wait for an answer, which comes in a request of its own. */
export interface Questions {
  /**
   * @param send sends the question; called when an answer can arrive
   * @param ending of the call that asks
   * @throws ToolError `confirmation_declined` when nobody answers in time, `confirmation_unavailable` when no answer can arrive
   */
  ask(question: Question, send: () => void, ending: Ending): Promise<ClientAnswer>
  /**
   * @returns false when no such question waits
   * @throws ToolError `confirmation_unavailable`
   */
  answer(name: string, answer: ClientAnswer): Promise<boolean>
  /** How many questions of this process wait. */
  waiting(): number
  /** Ends a call, by its name, wherever it runs. */
  cancel(call: string): Promise<void>
  /** @returns what stops listening */
  onCancelled(call: string, listener: () => void): () => void
  /** Ends the calls that wait, and asks nothing from now on: the server stops. */
  close(): void
}

/**
 * Names a question among all. The session id is bound to the caller, so the name is too; `sid` is the caller's session at the
 * authorization server, as it is for the sealed questions of 2026-07-28.
 */
export function questionName(sessionId: string, sid: unknown, requestId: unknown): string {
  return digestOf([sessionId, sid ?? null, requestId])
}

/** Names the call that asks, by which its client can cancel it. */
export function callName(sessionId: string, requestId: unknown): string {
  return digestOf([sessionId, 'call', requestId])
}

interface Waiter {
  readonly owner: string
  answered(answer: ClientAnswer): void
  failed(error: unknown): void
}

/** The questions that this process has asked. */
export class Waiting {
  readonly #answerMs: number
  readonly #waiters = new Map<string, Waiter>()

  /** @param answerMs how long a person has to answer */
  constructor(answerMs: number) {
    this.#answerMs = answerMs
  }

  /** @param begin sends the question */
  wait({ name, owner }: Question, ending: Ending, begin: () => Promise<void>): Promise<ClientAnswer> {
    const others = [...this.#waiters.values()].filter((waiter) => waiter.owner === owner).length
    if (others >= MAX_PER_OWNER) {
      throw new ToolError('confirmation_unavailable', `${others} questions wait for an answer already.`, {
        nextStep: 'Nothing was changed. Let the user answer those first, then call again.',
      })
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        ending.offGone(gone)
        this.#waiters.delete(name)
      }
      const failed = (error: unknown) => {
        end()
        reject(error)
      }
      const gone = () => failed(new ToolError('confirmation_declined', 'The client ended the call.'))
      const timer = setTimeout(
        () => failed(new ToolError('confirmation_declined', 'Nobody answered the question in time.')),
        this.#answerMs,
      )
      const answered = (answer: ClientAnswer) => {
        end()
        resolve(answer)
      }
      this.#waiters.set(name, { owner, answered, failed })
      ending.onGone(gone)
      if (this.#waiters.has(name)) begin().catch(failed)
    })
  }

  get size(): number {
    return this.#waiters.size
  }

  /** @returns false when no such question waits here */
  settle(name: string, answer: ClientAnswer): boolean {
    const waiter = this.#waiters.get(name)
    waiter?.answered(answer)
    return waiter !== undefined
  }

  endAll(error: ToolError): void {
    for (const waiter of [...this.#waiters.values()]) waiter.failed(error)
  }
}

/** The calls of this process that a client can cancel. Two clients of one caller may give theirs the same name. */
export class Cancellable {
  readonly #listeners = new Map<string, Set<() => void>>()

  on(call: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(call) ?? new Set()
    this.#listeners.set(call, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(call)
    }
  }

  cancel(call: string): void {
    for (const listener of [...(this.#listeners.get(call) ?? [])]) listener()
  }
}

/** No answer can arrive now. */
export function answersUnavailable(reason: string, cause?: unknown): ToolError {
  return new ToolError('confirmation_unavailable', reason, {
    nextStep: 'Nothing was changed. Call again in a few seconds, and let the user confirm again.',
    cause,
  })
}

/** For one process: in its memory. */
export function createQuestions(answerMs: number): Questions {
  const waiting = new Waiting(answerMs)
  const calls = new Cancellable()
  let closed = false
  const stopping = () => answersUnavailable('The server stops.')
  return {
    async ask(question, send, ending) {
      if (closed) throw stopping()
      return waiting.wait(question, ending, async () => send())
    },
    async answer(name, answer) {
      return waiting.settle(name, answer)
    },
    waiting: () => waiting.size,
    async cancel(call) {
      calls.cancel(call)
    },
    onCancelled: (call, listener) => calls.on(call, listener),
    close() {
      closed = true
      waiting.endAll(stopping())
    },
  }
}
