import { CommanderError } from 'commander'
import { EX_CONFIG, endWith } from './exit.js'
import { program } from './program.js'

// Whoever reads what we print may stop early, like head(1): then there is nothing more to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

// Commander has said itself what is wrong, or printed the help that was asked for.
program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EX_CONFIG)
  endWith(error)
})
