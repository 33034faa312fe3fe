import type { Command } from 'commander'

export interface CommandEntry {
  /** Without the name of the program: `audit verify`. */
  readonly path: string
  readonly command: Command
}

/** Every command that does something, in the order of the help. */
export function commandsOf(program: Command, path: readonly string[] = []): CommandEntry[] {
  return program.commands.flatMap((command) => {
    const own = [...path, command.name()]
    return command.commands.length > 0 ? commandsOf(command, own) : [{ path: own.join(' '), command }]
  })
}

/** The long options of a command. */
export function optionsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => long ?? [])
}
