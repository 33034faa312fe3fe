import type { Caller } from '@scalekit-mcp/auth'
import { toToolError } from '../errors.js'
import type { Scalekit } from '../scalekit/scalekit.js'
import type { ToolContext } from '../tool.js'
import type { HandOffs } from './interaction/hand-offs.js'

/** The parts of a call that its tool may use. */
type Source = Pick<ToolContext, 'docs' | 'connection' | 'progress'> & {
  readonly caller: Caller
  readonly scalekit: (signal: AbortSignal) => Scalekit
  readonly handOffs: Pick<HandOffs, 'wait'>
  readonly boundEnvironment?: { readonly id: string } | undefined
  readonly deadlineMs: number
}

export function contextOf(call: Source, signal: AbortSignal): ToolContext {
  const { caller, handOffs } = call
  return {
    scalekit: call.scalekit(signal),
    docs: call.docs,
    caller,
    connection: call.connection,
    progress: call.progress,
    ifAllowed,
    undo: (step) => step(call.scalekit(AbortSignal.timeout(call.deadlineMs))),
    waitForHandOff: (id) => handOffs.wait(id, call, signal),
  }
}

async function ifAllowed<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (cause) {
    if (toToolError(cause).code === 'permission_denied') return undefined
    throw cause
  }
}
