/** Who failed: the provider that was called, or this platform before it called anybody. */
export type FailureTier = 'provider' | 'platform'

/** A tool call that failed. The log has it under its execution id. */
export class ToolFailure extends Error {
  readonly executionId: string
  readonly tier: FailureTier
  /** Upper case; a provider may have its own. */
  readonly code: string
  /** The HTTP status of the provider; undefined without an answer. */
  readonly status: number | undefined

  constructor(
    { executionId, tier, code, status }: Pick<ToolFailure, 'executionId' | 'tier' | 'code' | 'status'>,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause })
    this.name = 'ToolFailure'
    this.executionId = executionId
    this.tier = tier
    this.code = code
    this.status = status
  }
}
