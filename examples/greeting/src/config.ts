import { readEnvFile, readHost, readOrigins, readScalekitVariables, variableValue } from '@scalekit-mcp/auth'
import * as z from 'zod'

type Environment = Readonly<Record<string, string | undefined>>
export type Config = ReturnType<typeof readConfig>

const modes = {
  development: { allowedOrigins: '*', logLevel: 'debug' },
  production: { allowedOrigins: [], logLevel: 'info' },
} as const

const Origins = z.string().transform((list, context) => {
  const { origins, wrong } = readOrigins(list)
  if (origins) return origins
  context.addIssue(`${wrong} is not an origin.`)
  return z.NEVER
})

/** What can be set, besides the variables of Scalekit. The description completes "Set PORT to …". */
const Variables = z.object({
  // Test runners set `test`.
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('development')
    .describe('production, development or test'),
  HOST: z
    .string()
    .transform((value) => readHost(value))
    .pipe(z.string())
    .default('127.0.0.1')
    .describe('an address of this machine without a port, like 127.0.0.1, 0.0.0.0 or ::1'),
  PORT: z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.int().max(65535))
    .default(3002)
    .describe('a number from 0 to 65535'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .optional()
    .describe('fatal, error, warn, info, debug, trace or silent'),
  ALLOWED_ORIGINS: Origins.optional().describe('origins like https://app.example.com, separated by commas'),
  BASELINE_SCOPES: z
    .string()
    .transform((list) => list.split(/[\s,]+/).filter(Boolean))
    .optional()
    .describe('scopes, separated by spaces'),
  REQUESTS_PER_MINUTE: z.coerce.number().int().positive().optional().describe('a whole number from 1'),
})

/** One sentence for each variable that is missing or invalid. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}

/**
 * Reads the configuration from environment variables. An empty variable is absent.
 *
 * @param file the variables of `.env`; the environment wins, even if it uses another name of a variable
 * @throws ConfigError
 */
export function readConfig(environment: Environment, file: Environment = {}) {
  const scalekit = readScalekitVariables(environment, file)
  const own = Variables.safeParse({ ...withoutEmpty(file), ...withoutEmpty(environment) })
  if (!scalekit.options || !own.success) {
    throw new ConfigError([...scalekit.problems, ...(own.error ? sentencesOf(own.error) : [])])
  }
  const { NODE_ENV, HOST, PORT, LOG_LEVEL, ALLOWED_ORIGINS, BASELINE_SCOPES, REQUESTS_PER_MINUTE } = own.data
  const mode = modes[NODE_ENV === 'production' ? 'production' : 'development']
  if (mode === modes.production && ALLOWED_ORIGINS === '*') {
    throw new ConfigError(['ALLOWED_ORIGINS: * is for development. List the origins that may call.'])
  }
  return {
    scalekit: scalekit.options,
    host: HOST,
    port: PORT,
    baselineScopes: BASELINE_SCOPES ?? scopesOffered(scalekit.options.metadata),
    logLevel: LOG_LEVEL ?? mode.logLevel,
    allowedOrigins: ALLOWED_ORIGINS ?? mode.allowedOrigins,
    requestsPerMinute: REQUESTS_PER_MINUTE,
  }
}

/** The variables with a value; an empty one is absent. */
export function withoutEmpty(environment: Environment): Environment {
  const values = Object.entries(environment).map(([name, text]) => [name, variableValue(text)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function sentencesOf({ issues }: z.ZodError): string[] {
  const sentences = issues.map(({ path, code, message }) => {
    const name = path[0] as keyof typeof Variables.shape
    const problem = code === 'custom' ? `${name}: ${message} ` : ''
    return `${problem}Set ${name} to ${Variables.shape[name].description}.`
  })
  return [...new Set(sentences)]
}

/** Without `admin`: a client asks its user for that scope when a tool needs it. */
function scopesOffered(metadata: Readonly<Record<string, unknown>> = {}): string[] {
  const offered = z.array(z.string()).safeParse(metadata.scopes_supported)
  return (offered.data ?? []).filter((scope) => scope !== 'admin')
}

/**
 * The configuration from the environment variables of the process and `.env`.
 *
 * @throws ConfigError
 */
export function loadConfig(): Config {
  const { variables, problem } = readEnvFile(new URL('../.env', import.meta.url), '.env')
  if (problem !== undefined) throw new ConfigError([problem])
  return readConfig(process.env, variables)
}

/** For a program: prints a sentence for each problem and exits with 78 (EX_CONFIG) if the configuration is not usable. */
export function orExit(load: () => Config): Config {
  try {
    return load()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(78)
  }
}
