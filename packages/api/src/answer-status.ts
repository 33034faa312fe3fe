import { ConnectError } from '@connectrpc/connect'

/** The cause of an error that the API answered: what stood on the wire, whatever code the body names. */
export class AnsweredError extends Error {
  constructor(readonly status: number) {
    super(`the API answered ${status}`)
    this.name = 'AnsweredError'
  }
}

/** The HTTP status of an error that the API answered; undefined when there was no answer, or one that cannot be read. */
export function answerStatus(error: unknown): number | undefined {
  return error instanceof ConnectError && error.cause instanceof AnsweredError
    ? error.cause.status
    : undefined
}
