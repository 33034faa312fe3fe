import { DomainError } from '../domain/domain-error.js'
import { LocalError } from '../storage/local-error.js'

/** The answer, where the control has nothing to refuse but what does not exist. */
export async function orNotFound<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new LocalError('not_found', `${error.message}.`, { cause: error })
  }
}
