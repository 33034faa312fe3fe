import { variables } from '../../packages/server/src/config/config-variables.js'

interface Variable {
  readonly describe: string
  readonly aliases?: readonly string[]
  readonly example?: string
  readonly active?: string
  readonly schema: { safeParse(value: unknown): { success: boolean; data?: unknown } }
}

const all = Object.entries(variables) as [string, Variable][]

/** `.env.example`: what a server needs is active, everything else is a comment. */
export function envExample(): string {
  const entries = all.map(([name, { describe, active, example }]) => {
    const line = active === undefined ? `# ${name}=${example ?? ''}` : `${name}=${active}`
    return `${wrap(describe)}\n${line}\n`
  })
  return `# Configuration of "scalekit-mcp serve". Copy this file to .env and fill in the blanks.\n\n${entries.join('\n')}`
}

/** The reference page of the configuration. */
export function configurationPage(): string {
  const rows = all.map(([name, variable]) => {
    const names = [name, ...(variable.aliases ?? [])].map((each) => `\`${each}\``).join('<br>')
    return `| ${names} | ${defaultOf(variable)} | ${variable.describe} |`
  })
  return `# Configuration

\`scalekit-mcp serve\` reads environment variables, and the \`.env\` file of the working folder. A variable of the environment
wins over \`.env\`, and an option of the command line wins over both. Copy [\`.env.example\`](../../.env.example) to start.
Every problem is reported at once, at start, with what to set; the program then ends with code 78. An empty variable counts
as absent. Some variables have several names; two of them with different values are an error.

Only the variables of this page, \`LOCAL_PORT\` and \`OTEL_…\` are read from \`.env\`: set proxies and certificates in the environment.
The other commands read \`.env\` too, so run them in a folder that you trust. \`dev\` and \`local\` take only \`PORT\`, \`LOCAL_PORT\`
(default \`8787\`), \`HOST\` and \`LOG_LEVEL\` from it, because a \`.env\` often describes production. A program that imports
\`scalekit-mcp\` reads no file.

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
