import { UsageError } from './exit.js'

/** Loads a command that needs the local environment, which is a package of its own: servers do without it. */
export async function withLocal<Command>(load: () => Promise<Command>): Promise<Command> {
  try {
    return await load()
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    throw new UsageError(
      'This command needs the local environment: npm install @scalekit-mcp/local (beside scalekit-mcp), then try again.',
      { cause },
    )
  }
}

function isMissing(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    'code' in cause &&
    cause.code === 'ERR_MODULE_NOT_FOUND' &&
    cause.message.includes("'@scalekit-mcp/local'")
  )
}
