/** A tool as a model gets it. */
export interface OfferedTool {
  readonly name: string
  readonly description: string
  readonly inputSchema: Record<string, unknown>
}

export interface ToolUse {
  readonly id: string
  readonly name: string
  /** Undefined: what the model wrote is no JSON object. */
  readonly arguments: Record<string, unknown> | undefined
}

export interface ToolResult {
  readonly id: string
  readonly text: string
  readonly isError: boolean
}

/** One turn of the model. Without calls it is the final answer. */
export interface Reply {
  readonly text: string
  readonly calls: readonly ToolUse[]
  /** As the endpoint reports them. */
  readonly tokens: { readonly input: number; readonly output: number }
}

export interface Opening {
  readonly system: string
  readonly ask: string
  readonly tools: readonly OfferedTool[]
}

/** A conversation in progress. It keeps its history in the form of its protocol, so that nothing the model said is lost. */
export interface Chat {
  /** @param results of the calls of the last reply, in their order */
  reply(results: readonly ToolResult[], signal: AbortSignal): Promise<Reply>
}

export interface Model {
  readonly name: string
  chat(opening: Opening): Chat
}

/** An argument object from the JSON that a model wrote. */
export function parseArguments(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json || '{}')
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
