import type { Ending } from '../deadline.js'
import { digestOf } from '../digest.js'
import { ToolError } from '../errors.js'

/** What a client sent for a question: the result of the request, none where it answered with an error or cancelled the call. */
export interface ClientAnswer {
  readonly result?: Readonly<Record<string, unknown>>
}

/** The questions that wait for an answer, which comes in a request of its own. */
export interface Questions {
  /**
   * @param names of the question, and of the call that asks it: an answer to either ends the wait
   * @param send sends the question; called when an answer can arrive
   * @param ending of the call that asks
   * @throws ToolError `confirmation_declined` when nobody answers in time, `confirmation_unavailable` when no answer can arrive
   */
  ask(names: readonly string[], send: () => void, ending: Ending): Promise<ClientAnswer>
  /**
   * @returns false when no such question waits
   * @throws ToolError `confirmation_unavailable`
   */
  answer(name: string, answer: ClientAnswer): Promise<boolean>
  /** Ends the calls that wait, and asks nothing from now on: the server stops. */
  close(): void
}

/** Names a question among all. The session id is bound to the caller, so the name is too. */
export function questionName(sessionId: string, requestId: unknown): string {
  return digestOf([sessionId, requestId])
}

/** Names the call that asks, by which its client can cancel it. */
export function callName(sessionId: string, requestId: unknown): string {
  return digestOf([sessionId, 'call', requestId])
}

interface Waiter {
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
  wait(names: readonly string[], ending: Ending, begin: () => Promise<void>): Promise<ClientAnswer> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        ending.offGone(gone)
        for (const name of names) this.#waiters.delete(name)
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
      for (const name of names) this.#waiters.set(name, { answered, failed })
      ending.onGone(gone)
      begin().catch(failed)
    })
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
  let closed = false
  const stopping = () => answersUnavailable('The server stops.')
  return {
    async ask(names, send, ending) {
      if (closed) throw stopping()
      return waiting.wait(names, ending, async () => send())
    },
    async answer(name, answer) {
      return waiting.settle(name, answer)
    },
    close() {
      closed = true
      waiting.endAll(stopping())
    },
  }
}
