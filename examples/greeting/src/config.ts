import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readScalekitVariables } from '@scalekit-mcp/auth'
import * as z from 'zod'

type Environment = Readonly<Record<string, string | undefined>>
export type Config = ReturnType<typeof readConfig>

const modes = {
  development: { allowedOrigins: '*', logLevel: 'debug' },
  production: { allowedOrigins: [], logLevel: 'info' },
} as const

const Origin = z.string().refine((origin) => URL.canParse(origin) && new URL(origin).origin === origin)
const originsIn = (list: string) => list.split(',').map((origin) => origin.trim().replace(/\/$/, ''))

/** What can be set, besides the variables of Scalekit. The description completes "Set PORT to …". */
const Variables = z.object({
  // Test runners set `test`.
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('development or production'),
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
  ALLOWED_ORIGINS: z
    .string()
    .transform(originsIn)
    .pipe(z.array(Origin))
    .optional()
    .describe('origins like https://app.example.com, separated by commas'),
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
  const wrong = new Set(own.error?.issues.map(({ path }) => path[0] as keyof typeof Variables.shape))
  const sentences = [...wrong].map((name) => `Set ${name} to ${Variables.shape[name].description}.`)
  if (!scalekit.options || !own.success) throw new ConfigError([...scalekit.problems, ...sentences])

  const { NODE_ENV, PORT, LOG_LEVEL, ALLOWED_ORIGINS, BASELINE_SCOPES, REQUESTS_PER_MINUTE } = own.data
  const mode = modes[NODE_ENV === 'production' ? 'production' : 'development']
  return {
    scalekit: scalekit.options,
    port: PORT,
    baselineScopes: BASELINE_SCOPES ?? scopesOffered(scalekit.options.metadata),
    logLevel: LOG_LEVEL ?? mode.logLevel,
    allowedOrigins: ALLOWED_ORIGINS ?? mode.allowedOrigins,
    requestsPerMinute: REQUESTS_PER_MINUTE,
  }
}

/** The variables with a value; an empty one is absent. */
export function withoutEmpty(environment: Environment): Environment {
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const)
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''))
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
  return readConfig(process.env, readEnvFile(new URL('../.env', import.meta.url)))
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

function readEnvFile(file: URL): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    throw new ConfigError([`.env cannot be read (${code}). Make it a readable file, or delete it.`])
  }
}
