import { dirname, join } from 'node:path'
import { Secret } from '@scalekit-mcp/auth'
import * as z from 'zod'
import { type AdministratorRule, administratorRule, wrongAdministrators } from './administrator-rule.js'
import { variables } from './config-variables.js'
import { notForProduction } from './production-guard.js'

export interface EnvironmentModeConfig {
  readonly mode: 'environment'
  readonly environmentUrl: string
  readonly environmentId?: string
  readonly environmentType: 'DEV' | 'PRD'
  /** Who may use the environment's credentials through this server. */
  readonly administrators: AdministratorRule
}

export interface WorkspaceModeConfig {
  readonly mode: 'workspace'
  readonly workspaceUrl: string
  readonly forwardCallerToken: boolean
}

export interface Config {
  readonly host: string
  readonly port: number
  readonly production: boolean
  readonly logLevel: string
  readonly upstream: EnvironmentModeConfig | WorkspaceModeConfig
  readonly clientId: string
  readonly clientSecret: Secret
  /** The canonical URL of this server: `resource` of its metadata and `aud` of its tokens (RFC 8707). */
  readonly resource: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly issuers: readonly string[]
  readonly authorizationServers: readonly string[]
  readonly jwksUrl: string
  readonly introspectionUrl?: string
  readonly tokenProfile: 'strict' | 'scalekit-compat'
  readonly scopeNames: 'long' | 'short'
  readonly allowedOrigins: readonly string[]
  readonly allowedHosts: readonly string[]
  readonly trustProxy: number
  readonly requestsPerMinute: number
  readonly readOnly: boolean
  readonly legacySessions: boolean
  readonly conformanceFixtures: boolean
  readonly linksInResults: boolean
  readonly docsUrl: string
  readonly stateKey?: Secret
  /** Absent: this process is the only one. */
  readonly shared?: SharedConfig
  /** Absent: no metrics. */
  readonly metricsPort?: number
  /** How long requests are accepted after a stop has begun. */
  readonly shutdownDelaySeconds: number
  /** Whether OpenTelemetry runs; it reads its own variables. */
  readonly tracing: boolean
  /** Absent: no audit log. */
  readonly audit?: AuditConfig
}

export interface SharedConfig {
  readonly redisUrl: Secret
  /** Seals what is put there. */
  readonly stateKey: Secret
}

export interface AuditConfig {
  readonly file: string
  /** Private key of the checkpoints (Ed25519, PKCS 8 in PEM). */
  readonly keyFile: string
}

/** Everything that is wrong with the environment variables, at once. Exit code 78 (EX_CONFIG). */
export class ConfigError extends Error {
  readonly code = 'config_invalid'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

type Environment = Readonly<Record<string, string | undefined>>
type Values = z.output<typeof schema>

const schema = z.object(
  Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, variable.schema])) as {
    [Name in keyof typeof variables]: (typeof variables)[Name]['schema']
  },
)

/**
 * Reads the configuration from environment variables. An empty variable counts as absent; an alias is read
 * where the name itself is absent.
 *
 * @param overrides what a command sets itself; it goes before the environment
 * @param callers who calls: people and clients who sign in, or the operator who starts the process (stdio) and needs no rule
 * @throws ConfigError that names every problem and what to set
 */
export function loadConfig(
  overrides: Environment = {},
  environment: Environment = process.env,
  callers: 'signed-in' | 'operator' = 'signed-in',
): Config {
  const given = resolveAliases({ ...environment, ...overrides })
  const parsed = schema.safeParse(given)
  const problems = [
    ...missingUpstream(given),
    ...(callers === 'signed-in' ? wrongAdministrators(given, withoutOverridden(environment, overrides)) : []),
    ...(parsed.success ? inconsistent(parsed.data) : parsed.error.issues.map(describeIssue)),
  ]
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  return assemble(parsed.data)
}

/** Where the audit log is, for the commands that read it; of another file, the key that is next to it. */
export function auditDefaults(
  file?: string,
  environment: Environment = process.env,
): AuditConfig | undefined {
  const { AUDIT_FILE, AUDIT_KEY_FILE } = variables
  const given = resolveAliases(environment)
  const keyFile = AUDIT_KEY_FILE.schema.parse(given.AUDIT_KEY_FILE)
  return auditOf(file ?? AUDIT_FILE.schema.parse(given.AUDIT_FILE), keyFile).audit
}

/** The local environment's own variables, which `scalekit-mcp dev` reads. */
export function localDefaults(environment: Environment = process.env) {
  return {
    port: environment.LOCAL_PORT,
    databaseUrl: environment.DATABASE_URL,
    logLevel: environment.LOG_LEVEL,
    auditFile: environment.AUDIT_FILE,
  }
}

/** What bounds the tools whatever a URL asks for, for `scalekit-mcp tools`. */
export function toolDefaults(environment: Environment = process.env): { readonly readOnly: boolean } {
  return { readOnly: variables.READ_ONLY.schema.parse(resolveAliases(environment).READ_ONLY) }
}

/** Where other programs keep their settings, for `scalekit-mcp init`. */
export function clientPlaces(environment: Environment = process.env) {
  const { APPDATA, XDG_CONFIG_HOME, CLAUDE_CONFIG_DIR, CODEX_HOME } = environment
  return {
    ...(APPDATA ? { appData: APPDATA } : {}),
    ...(XDG_CONFIG_HOME ? { xdgConfig: XDG_CONFIG_HOME } : {}),
    ...(CLAUDE_CONFIG_DIR ? { claudeConfig: CLAUDE_CONFIG_DIR } : {}),
    ...(CODEX_HOME ? { codexHome: CODEX_HOME } : {}),
  }
}

/** What a command sets itself replaces what the environment has. */
function withoutOverridden(environment: Environment, overrides: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in overrides)))
}

function resolveAliases(environment: Environment): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, variable] of Object.entries(variables)) {
    const names: readonly string[] = [name, ...('aliases' in variable ? variable.aliases : [])]
    const value = names.map((each) => environment[each]?.trim()).find((each) => each)
    if (value) values[name] = value
  }
  return values
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])}: ${issue.message}`
}

/** Which API to call, and as whom: the one thing that has no default. */
function missingUpstream(values: Record<string, string>): string[] {
  const problems: string[] = []
  if (values.SCALEKIT_ENV_URL && values.SCALEKIT_WORKSPACE_URL) {
    problems.push('SCALEKIT_ENV_URL and SCALEKIT_WORKSPACE_URL: set one of them, not both.')
  }
  if (!values.SCALEKIT_ENV_URL && !values.SCALEKIT_WORKSPACE_URL) {
    problems.push(
      'SCALEKIT_ENV_URL (or SK_ENV_URL) is missing: set it to the URL of your environment, like https://acme.scalekit.com. To manage a whole workspace, set SCALEKIT_WORKSPACE_URL instead.',
    )
  }
  if (!values.SCALEKIT_CLIENT_ID) {
    problems.push('SCALEKIT_CLIENT_ID (or SK_CLIENT_ID) is missing: set it to the client id, like skc_….')
  }
  if (!values.SCALEKIT_CLIENT_SECRET) {
    problems.push('SCALEKIT_CLIENT_SECRET (or SK_CLIENT_SECRET) is missing: set it to the client secret.')
  }
  return problems
}

const resourceOf = (values: Values) => values.EXPECTED_AUDIENCE ?? `http://localhost:${values.PORT}/mcp`

/** What each variable allows alone but not together with the others. */
function inconsistent(values: Values): string[] {
  const metadata = values.PROTECTED_RESOURCE_METADATA
  const problems = values.NODE_ENV === 'production' ? notForProduction(values) : []
  if (metadata && metadata.resource !== resourceOf(values)) {
    problems.push(
      `EXPECTED_AUDIENCE: must equal "resource" of PROTECTED_RESOURCE_METADATA (${metadata.resource}), because clients ask for a token for the one and this server accepts the other.`,
    )
  }
  if (values.REDIS_URL && !values.STATE_KEY) {
    problems.push(
      'STATE_KEY is missing: with REDIS_URL set it to the same 32 or more random characters on every replica, because one replica opens what another has sealed.',
    )
  }
  return problems
}

function assemble(values: Values): Config {
  const base = values.SCALEKIT_WORKSPACE_URL ?? values.SCALEKIT_ENV_URL ?? ''
  const metadata = values.PROTECTED_RESOURCE_METADATA
  const authorizationServers = metadata?.authorization_servers ?? [base]
  return {
    host: values.HOST,
    port: values.PORT,
    production: values.NODE_ENV === 'production',
    logLevel: values.LOG_LEVEL,
    upstream: values.SCALEKIT_WORKSPACE_URL
      ? { mode: 'workspace', workspaceUrl: base, forwardCallerToken: values.FORWARD_CALLER_TOKEN }
      : environmentMode(base, values),
    clientId: values.SCALEKIT_CLIENT_ID ?? '',
    clientSecret: new Secret(values.SCALEKIT_CLIENT_SECRET ?? ''),
    resource: resourceOf(values),
    ...(metadata ? { metadata } : {}),
    issuers: values.EXPECTED_ISSUERS ?? [...new Set([base, ...authorizationServers])],
    authorizationServers,
    jwksUrl: values.JWKS_URI ?? `${base}/keys`,
    ...(values.INTROSPECTION_URL ? { introspectionUrl: values.INTROSPECTION_URL } : {}),
    tokenProfile: values.TOKEN_PROFILE,
    scopeNames: values.SCOPE_NAMES,
    allowedOrigins: values.ALLOWED_ORIGINS,
    allowedHosts: values.ALLOWED_HOSTS,
    trustProxy: values.TRUST_PROXY,
    requestsPerMinute: values.REQUESTS_PER_MINUTE,
    readOnly: values.READ_ONLY,
    legacySessions: values.LEGACY_SESSIONS,
    conformanceFixtures: values.CONFORMANCE_FIXTURES,
    linksInResults: values.LINKS_IN_RESULTS,
    docsUrl: `${values.DOCS_URL}/`,
    ...auditOf(values.AUDIT_FILE, values.AUDIT_KEY_FILE),
    ...stateOf(values),
    ...(values.METRICS_PORT === undefined ? {} : { metricsPort: values.METRICS_PORT }),
    shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS,
    tracing: values.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
  }
}

function stateOf({ STATE_KEY, REDIS_URL }: Values): Pick<Config, 'stateKey' | 'shared'> {
  if (!STATE_KEY) return {}
  const stateKey = new Secret(STATE_KEY)
  return { stateKey, ...(REDIS_URL ? { shared: { redisUrl: new Secret(REDIS_URL), stateKey } } : {}) }
}

function auditOf(file: string, keyFile: string | undefined): { audit?: AuditConfig } {
  if (file === 'none') return {}
  return { audit: { file, keyFile: keyFile ?? join(dirname(file), 'audit-key.pem') } }
}

function environmentMode(environmentUrl: string, values: Values): EnvironmentModeConfig {
  const environmentId = values.SCALEKIT_ENVIRONMENT_ID ?? /\/(env_[0-9]{1,28})$/.exec(environmentUrl)?.[1]
  return {
    mode: 'environment',
    environmentUrl,
    ...(environmentId ? { environmentId } : {}),
    environmentType: values.SCALEKIT_ENVIRONMENT_TYPE,
    administrators: administratorRule(values),
  }
}
