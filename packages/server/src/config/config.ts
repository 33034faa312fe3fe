import { dirname, join } from 'node:path'
import { readEnvFile, Secret, variableValue } from '@scalekit-mcp/auth'
import { type AdministratorRule, administratorRule, wrongAdministrators } from './administrator-rule.js'
import { ConfigError } from './config-error.js'
import { type Environment, isOwnVariable, isSet, resolveNames, withoutVariables } from './config-names.js'
import { inconsistent, issuerOf, missingUpstream, resourceOf } from './config-problems.js'
import { schema, type Values, variables } from './config-variables.js'
import { type EnvFileReport, reportEnvFile } from './env-file-report.js'
import { type ProxyConfig, proxyOf, wrongProxies } from './proxy.js'
import { type Timeouts, timeouts } from './timeouts.js'

export { ConfigError }

export interface EnvironmentModeConfig {
  readonly mode: 'environment'
  readonly environmentUrl: string
  readonly environmentId?: string
  /** Absent: nobody said it, and it counts as PRD. */
  readonly environmentType?: 'DEV' | 'PRD'
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
  /** Where requests for the resource arrive. Absent: at its own path. */
  readonly mcpPath?: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly issuers: readonly string[]
  readonly authorizationServers: readonly string[]
  readonly jwksUrl: string
  readonly introspectionUrl?: string
  readonly tokenProfile: 'strict' | 'scalekit-compat'
  readonly scopeNames: 'long' | 'short'
  /** Of the first challenge and the metadata, in long names. */
  readonly baselineScopes: readonly string[]
  /** In production never every origin. */
  readonly allowedOrigins: readonly string[] | '*'
  readonly allowedHosts: readonly string[]
  readonly trustProxy: number
  /** Absent: the default of the kit, by where the resource is. */
  readonly requestsPerMinute?: number
  readonly readOnly: boolean
  /** Absent: this server registers itself. */
  readonly handOffClientId?: string
  readonly docsUrl: string
  readonly timeouts: Timeouts
  /** Absent: other hosts are reached directly. */
  readonly proxy?: ProxyConfig
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

/**
 * Adds what a `.env` file sets to the environment, which wins: a variable that it has, by any of its names, stays.
 *
 * @param accepts which variables to add; by default those of this program, so that a file in a folder that was merely
 *   opened turns off no check of certificates and sets no proxy
 * @returns the names of the variables that stayed out
 * @throws ConfigError for a file that cannot be read, or that is not lines of NAME=value
 */
export function loadEnvFile(
  accepts: (name: string) => boolean = isOwnVariable,
  path = '.env',
  environment: Record<string, string | undefined> = process.env,
): string[] {
  const { variables: content, problem } = readEnvFile(path)
  if (problem !== undefined) throw new ConfigError([problem])
  const file = Object.entries(content)
  const added = file.filter(([name]) => accepts(name) && !isSet(name, environment))
  Object.assign(environment, Object.fromEntries(added))
  return file.flatMap(([name]) => (accepts(name) ? [] : [name]))
}

/**
 * Reads the configuration from environment variables, and from no file. An empty variable counts as absent.
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
  const inherited = withoutVariables(environment, Object.keys(overrides))
  const { values, problems: names } = resolveNames({ ...inherited, ...overrides })
  const parsed = schema.safeParse(values)
  const problems = [
    ...names,
    ...missingUpstream(values),
    ...wrongProxies(proxyOf(inherited)),
    ...(callers === 'signed-in' ? wrongAdministrators(values, inherited) : []),
    ...(parsed.success
      ? inconsistent(parsed.data)
      : parsed.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}`)),
  ]
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  const proxy = proxyOf(inherited)
  return { ...assemble(parsed.data), ...(proxy ? { proxy } : {}) }
}

/**
 * The forward proxy of this process, also for the commands that need no other configuration.
 *
 * @throws ConfigError for a variable that is not the URL of a proxy
 */
export function ownProxy(environment: Environment = process.env): ProxyConfig | undefined {
  const proxy = proxyOf(environment)
  const problems = wrongProxies(proxy)
  if (problems.length > 0) throw new ConfigError(problems)
  return proxy
}

/** What the `.env` of the working folder is to this program, after it was read. */
export function envFileReport(path = '.env', environment: Environment = process.env): EnvFileReport {
  return reportEnvFile(path, environment)
}

/** Where the audit log is, for the commands that read it; of another file, the key that is next to it. */
export function auditDefaults(
  file?: string,
  environment: Environment = process.env,
): AuditConfig | undefined {
  const { AUDIT_FILE, AUDIT_KEY_FILE } = variables
  const given = resolveNames(environment).values
  const keyFile = AUDIT_KEY_FILE.schema.parse(given.AUDIT_KEY_FILE)
  return auditOf(file ?? AUDIT_FILE.schema.parse(given.AUDIT_FILE), keyFile).audit
}

/** What `scalekit-mcp dev` and `local` read for themselves; an empty variable counts as absent. */
export function localDefaults(environment: Environment = process.env) {
  return {
    port: variableValue(environment.PORT),
    localPort: variableValue(environment.LOCAL_PORT),
    databaseUrl: variableValue(environment.DATABASE_URL),
    logLevel: variableValue(environment.LOG_LEVEL),
    auditFile: variableValue(environment.AUDIT_FILE),
  }
}

/** How `scalekit-mcp local --host` is reached. */
export function localNetwork(environment: Environment = process.env) {
  const publicUrl = variableValue(environment.PUBLIC_URL)
  const hosts = variableValue(environment.ALLOWED_HOSTS)
  const token = localToken(environment)
  return {
    ...(publicUrl ? { publicUrl } : {}),
    ...(hosts ? { allowedHosts: hosts.split(',').map((host) => host.trim()) } : {}),
    ...(token ? { token } : {}),
  }
}

/** What a local environment asks for that other machines reach. */
export const localToken = (environment: Environment = process.env) => variableValue(environment.LOCAL_TOKEN)

/** Where the programs are that this folder configures, for the commands that talk to them. */
export function addresses(environment: Environment = process.env) {
  const { EXPECTED_AUDIENCE, PORT = '3002', ...values } = resolveNames(environment).values
  const localPort = Number(variableValue(environment.LOCAL_PORT)) || 8787
  return {
    server: EXPECTED_AUDIENCE ?? `http://localhost:${PORT}/mcp`,
    local: `http://localhost:${localPort}`,
    scalekit: (values.SCALEKIT_WORKSPACE_URL ?? values.SCALEKIT_ENV_URL)?.replace(/\/+$/, ''),
  }
}

/** What bounds the tools whatever a URL asks for, for `scalekit-mcp tools`. */
export function toolDefaults(environment: Environment = process.env): { readonly readOnly: boolean } {
  return { readOnly: variables.READ_ONLY.schema.parse(resolveNames(environment).values.READ_ONLY) }
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

function assemble(values: Values): Config {
  const base = values.SCALEKIT_WORKSPACE_URL ?? values.SCALEKIT_ENV_URL ?? ''
  const metadata = values.PROTECTED_RESOURCE_METADATA
  const authorizationServers = metadata?.authorization_servers ?? [issuerOf(values, base) ?? base]
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
    ...(values.MCP_PATH ? { mcpPath: values.MCP_PATH } : {}),
    ...(metadata ? { metadata } : {}),
    issuers: values.EXPECTED_ISSUERS ?? [...new Set([base, ...authorizationServers])],
    authorizationServers,
    jwksUrl: values.JWKS_URI ?? `${base}/keys`,
    ...(values.INTROSPECTION_URL ? { introspectionUrl: values.INTROSPECTION_URL } : {}),
    tokenProfile: values.TOKEN_PROFILE,
    scopeNames: values.SCOPE_NAMES,
    baselineScopes: values.BASELINE_SCOPES,
    allowedOrigins: values.ALLOWED_ORIGINS,
    allowedHosts: values.ALLOWED_HOSTS,
    trustProxy: values.TRUST_PROXY,
    ...(values.REQUESTS_PER_MINUTE === undefined ? {} : { requestsPerMinute: values.REQUESTS_PER_MINUTE }),
    readOnly: values.READ_ONLY,
    ...(values.HAND_OFF_CLIENT_ID ? { handOffClientId: values.HAND_OFF_CLIENT_ID } : {}),
    docsUrl: `${values.DOCS_URL}/`,
    timeouts,
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
    ...(values.SCALEKIT_ENVIRONMENT_TYPE ? { environmentType: values.SCALEKIT_ENVIRONMENT_TYPE } : {}),
    administrators: administratorRule(values),
  }
}
