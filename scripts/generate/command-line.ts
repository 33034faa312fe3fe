import { commandsOf } from '../../packages/server/src/cli/command-tree.js'
import { program } from '../../packages/server/src/cli/program.js'

/** The reference page of the command line, from the tree of commands that runs. */
export function commandLinePage(): string {
  const sections = commandsOf(program).map(({ path, command }) => {
    const args = command.registeredArguments.map((each) => ({
      name: each.required ? `<${each.name()}>` : `[${each.name()}]`,
      text: each.description,
      preset: each.defaultValue,
      choices: each.argChoices,
    }))
    const options = command.options.map((each) => ({
      name: each.flags,
      text: each.description,
      preset: each.defaultValue,
      choices: each.argChoices,
    }))
    const rows = [...args, ...options].map(({ name, text, preset, choices }) => {
      const notes = [
        text.replace(/(?<![.])$/, '.'),
        ...(choices ? [`One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`] : []),
        ...(preset !== undefined && preset !== '' && preset !== false ? [`Default: \`${preset}\`.`] : []),
      ]
      return `| \`${name.replaceAll('|', '\\|')}\` | ${notes.join(' ')} |`
    })
    const table = rows.length > 0 ? `\n| | |\n|---|---|\n${rows.join('\n')}\n` : ''
    const usage = [program.name(), path, ...args.map(({ name }) => name)].join(' ')
    return `## ${usage}\n\n${command.description()}\n${table}`
  })
  return `# Command line

\`npx scalekit-mcp <command>\`. Colours are for terminals only, and \`NO_COLOR\` turns them off. What \`--json\` prints is for
programs: names of members do not change. Configuration of \`serve\` and \`stdio\`: [configuration](configuration.md).

| exit code | |
|---|---|
| 0 | done; of \`doctor\`: nothing is wrong; of \`audit verify\`: unchanged |
| 1 | \`doctor\` found something wrong, \`audit verify\` a change; a second signal ended the program at once |
| 70 | a failure of the program itself, with its stack |
| 78 | a mistake in how it was called or configured, named with what to do |

${sections.join('\n')}
Made from the commands by \`npm run generate\`.
`
}
