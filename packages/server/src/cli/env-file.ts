import type { Command } from 'commander'

/** The local environment replaces the other settings. A deployment's database, above all, must not be used. */
const forLocal = ['PORT', 'LOCAL_PORT', 'HOST', 'LOG_LEVEL']

/**
 * Adds the `.env` of the working folder to the environment of a command that reads one. `dev` and `local` take only
 * what is about this machine: a `.env` often describes production.
 *
 * @throws ConfigError for a file that cannot be read
 */
export async function readEnvironment(command: Command): Promise<void> {
  if (command.name() === 'completion') return
  const { loadEnvFile, ownProxy } = await import('../config/config.js')
  const proxy = ownProxy()
  if (proxy) (await import('../upstream/pool.js')).useProxy(proxy)
  if (command.name() !== 'dev' && command.name() !== 'local') {
    loadEnvFile()
    return
  }
  const leftOut = loadEnvFile((name) => forLocal.includes(name))
  if (leftOut.length > 0) process.stdout.write(notice(command.name()))
}

function notice(command: string): string {
  return `  ${command} takes ${forLocal.join(', ')} from .env. The rest of it is for "npx scalekit-mcp serve".\n`
}
