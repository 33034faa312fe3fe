import type { Command } from 'commander'
import { type CommandEntry, commandsOf, optionsOf } from './command-tree.js'

type Shell = 'bash' | 'zsh' | 'fish'

/** A script that completes what `program` has: the names of commands, and the options of the one that is typed. */
export function completion(program: Command, shell: Shell): string {
  const entries = commandsOf(program)
  return shell === 'bash'
    ? bash(program.name(), entries)
    : shell === 'zsh'
      ? zsh(program.name(), entries)
      : fish(program.name(), entries)
}

const firstWords = (entries: readonly CommandEntry[]) => [
  ...new Set(entries.map(({ path }) => path.split(' ')[0] ?? '')),
]

/** What may follow a first word: a second one, options, and the words that an argument can be. */
function afterWord(entries: readonly CommandEntry[], word: string): string[] {
  const own = entries.filter(({ path }) => path.split(' ')[0] === word)
  return own.flatMap(({ path, command }) => [
    ...path.split(' ').slice(1),
    ...optionsOf(command),
    ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  ])
}

function bash(name: string, entries: readonly CommandEntry[]): string {
  const cases = firstWords(entries).map(
    (word) => `    ${word}) words="${afterWord(entries, word).join(' ')}" ;;`,
  )
  return `# ${name}: source <(${name} completion bash)
_scalekit_mcp() {
  local words="${firstWords(entries).join(' ')}"
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _scalekit_mcp ${name}
`
}

function zsh(name: string, entries: readonly CommandEntry[]): string {
  const cases = firstWords(entries).map(
    (word) => `    ${word}) compadd -- ${afterWord(entries, word).join(' ')} ;;`,
  )
  return `#compdef ${name}
# ${name}: source <(${name} completion zsh)
_scalekit_mcp() {
  if (( CURRENT == 2 )); then
    compadd -- ${firstWords(entries).join(' ')}
    return
  fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
  _files
}
compdef _scalekit_mcp ${name}
`
}

function fish(name: string, entries: readonly CommandEntry[]): string {
  const first = entries.map(
    ({ path, command }) =>
      `complete -c ${name} -n __fish_use_subcommand -a ${path.split(' ')[0]} -d ${quoted(command.description())}`,
  )
  const following = firstWords(entries).flatMap((word) =>
    afterWord(entries, word).map((each) => {
      const what = each.startsWith('--') ? `-l ${each.slice(2)}` : `-a ${each}`
      return `complete -c ${name} -n '__fish_seen_subcommand_from ${word}' ${what}`
    }),
  )
  return `# ${name}: ${name} completion fish | source\n${[...first, ...following].join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`
}
