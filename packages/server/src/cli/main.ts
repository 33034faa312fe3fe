import { CommanderError } from 'commander'
import { EX_CONFIG, endWith } from './exit.js'
import { program } from './program.js'

// Commander has said itself what is wrong, or printed the help that was asked for.
program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EX_CONFIG)
  endWith(error)
})
