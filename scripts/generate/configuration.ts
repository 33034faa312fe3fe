import { variables } from '../../packages/server/src/config-variables.js'

interface Variable {
  readonly describe: string
  readonly aliases?: readonly string[]
  readonly example?: string
  readonly schema: { safeParse(value: unknown): { success: boolean; data?: unknown } }
}

const all = Object.entries(variables) as [string, Variable][]

/** `.env.example`: what has an example is shown, everything else stands as a comment. */
export function envExample(): string {
  const entries = all.map(([name, variable]) => {
    const comment = wrap(variable.describe)
    return `${comment}\n${variable.example === undefined ? '# ' : ''}${name}=${variable.example ?? ''}\n`
  })
  return `# Configuration of "scalekit-mcp serve". Copy to .env and fill in.\n\n${entries.join('\n')}`
}

/** The reference page of the configuration. */
export function configurationPage(): string {
  const rows = all.map(([name, variable]) => {
    const names = [name, ...(variable.aliases ?? [])].map((each) => `\`${each}\``).join('<br>')
    return `| ${names} | ${defaultOf(variable)} | ${variable.describe} |`
  })
  return `# Configuration

\`scalekit-mcp serve\` reads environment variables. Every problem is reported at once, at start, with what to set;
the program then ends with code 78. An empty variable counts as absent.

| variable | default | what it does |
|---|---|---|
${rows.join('\n')}

Made from the schema by \`npm run generate\`.
`
}

function defaultOf(variable: Variable): string {
  const parsed = variable.schema.safeParse(undefined)
  if (!parsed.success || parsed.data === undefined) return ''
  const value = Array.isArray(parsed.data) ? parsed.data.join(',') : String(parsed.data)
  return value === '' ? '' : `\`${value === 'false' ? '0' : value}\``
}

function wrap(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1] ?? ''
    if (line.length + word.length > 100) lines.push(word)
    else lines[lines.length - 1] = line ? `${line} ${word}` : word
  }
  return lines.map((line) => `# ${line}`).join('\n')
}
