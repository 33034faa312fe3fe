import * as z from 'zod'
import { administratorVariables } from './administrator-rule.js'
import {
  baselineScopes,
  baseUrl,
  flag,
  host,
  hosts,
  isBaseUrl,
  list,
  origins,
  path,
  resourceMetadata,
  wholeNumber,
} from './config-values.js'

/** One environment variable: its rule, its other names, and what the reference page says about it. */
interface Variable {
  readonly schema: z.ZodType
  readonly aliases?: readonly string[]
  readonly describe: string
  /** A value to show in `.env.example`, where the variable is a comment. */
  readonly example?: string
  /** The variable is active in `.env.example`, with this value; empty: the reader fills it in. */
  readonly active?: string
  readonly secret?: true
}

/** All variables that `scalekit-mcp serve` reads. The reference page and `.env.example` are made from this. */
export const variables = {
  SCALEKIT_ENV_URL: {
    schema: baseUrl.optional(),
    aliases: ['SCALEKIT_ENVIRONMENT_URL', 'SK_ENV_URL'],
    describe:
      'URL of the Scalekit environment that this server manages (environment mode), like https://acme.scalekit.com.',
    active: '',
  },
  SCALEKIT_WORKSPACE_URL: {
    schema: baseUrl.optional(),
    describe:
      'URL of the Scalekit workspace that this server manages, all environments of it, instead of SCALEKIT_ENV_URL (workspace mode).',
  },
  SCALEKIT_CLIENT_ID: {
    schema: z.string().max(200).optional(),
    aliases: ['SK_CLIENT_ID'],
    describe: 'Client id with which this server calls Scalekit, like skc_100000000000000001.',
    active: '',
  },
  SCALEKIT_CLIENT_SECRET: {
    schema: z.string().max(500).optional(),
    aliases: ['SK_CLIENT_SECRET'],
    describe: 'Secret of that client.',
    active: '',
    secret: true,
  },
  SCALEKIT_ENVIRONMENT_ID: {
    schema: z
      .string()
      .regex(/^env_[0-9]{1,28}$/, 'set it to an id like env_100000000000000001')
      .optional(),
    describe: 'Id of the environment of SCALEKIT_ENV_URL, so that agents may name it.',
  },
  SCALEKIT_ENVIRONMENT_TYPE: {
    schema: z.enum(['DEV', 'PRD'], { message: 'set it to DEV or PRD' }).optional(),
    describe:
      'Type of the environment of SCALEKIT_ENV_URL, DEV or PRD. In PRD a person confirms writes. Default: PRD.',
  },
  ...administratorVariables,
  EXPECTED_AUDIENCE: {
    schema: z
      .string()
      .refine(
        isBaseUrl,
        'set it to the URL at which clients reach this server, like https://mcp.acme.com/mcp',
      )
      .optional(),
    describe:
      'URL at which clients reach this server, exactly as registered in Scalekit: the audience of its tokens. Its path is where MCP is served. Default: http://localhost:PORT/mcp.',
    active: 'http://localhost:3002/mcp',
  },
  MCP_PATH: {
    schema: path.optional(),
    describe:
      'Path at which a proxy delivers MCP to this server, where it strips a prefix from the path of EXPECTED_AUDIENCE: /mcp for https://acme.com/scalekit/mcp. The proxy forwards /.well-known/ and /hand-off/ as they are. Default: the path of EXPECTED_AUDIENCE.',
    example: '/mcp',
  },
  MCP_SERVER_ID: {
    schema: z
      .string()
      .regex(/^(res|app|mcp)_[0-9]{1,28}$/, 'set it to an id like res_100000000000000001')
      .optional(),
    aliases: ['SCALEKIT_MCP_SERVER_ID'],
    describe:
      'Id under which Scalekit knows this MCP server, like res_100000000000000001. Clients sign in at the authorization server that Scalekit has for it: the Scalekit URL with /resources/ and this id.',
    active: '',
  },
  PROTECTED_RESOURCE_METADATA: {
    schema: resourceMetadata.optional(),
    describe:
      'Metadata document of this server (RFC 9728), as the Scalekit dashboard shows it, in one line and in single quotes. Default: made from EXPECTED_AUDIENCE and MCP_SERVER_ID.',
    example: `'{"resource":"http://localhost:3002/mcp","authorization_servers":["https://acme.scalekit.com/resources/res_…"]}'`,
  },
  EXPECTED_ISSUERS: {
    schema: list
      .refine((each) => each.every(isBaseUrl), 'set it to a list of URLs, with commas between them')
      .transform((each) => (each.length > 0 ? each : undefined)),
    describe:
      'Issuers whose tokens are accepted, exactly as in the claim iss, with commas. Default: the Scalekit URL and the authorization servers of the metadata.',
  },
  JWKS_URI: {
    schema: baseUrl.optional(),
    describe: 'Key set of the issuers. Default: the Scalekit URL with /keys.',
  },
  INTROSPECTION_URL: {
    schema: baseUrl.optional(),
    describe:
      'Introspection endpoint (RFC 7662). When set, a revoked token is refused within 5 seconds, and writes are refused while the endpoint does not answer. Otherwise a revoked token is valid until its expiry.',
  },
  TOKEN_PROFILE: {
    schema: z
      .enum(['strict', 'scalekit-compat'], { message: 'set it to strict or scalekit-compat' })
      .default('scalekit-compat'),
    describe: 'strict takes tokens of type at+jwt only (RFC 9068); scalekit-compat also takes plain JWT.',
  },
  SCOPE_NAMES: {
    schema: z.enum(['long', 'short'], { message: 'set it to long or short' }).default('long'),
    describe:
      'How challenges and metadata name scopes: workspace:read (long) or wks:read (short). Both are accepted.',
  },
  BASELINE_SCOPES: {
    schema: baselineScopes,
    describe:
      'Scopes of the first sign-in, with spaces between them. A client asks for more when a tool needs it; many clients cannot, and write only where the write scopes are here or their URL ends in ?access=write. Default: environment:read organization:read.',
    example: 'environment:read organization:read',
  },
  FORWARD_CALLER_TOKEN: {
    schema: flag,
    describe:
      "Workspace mode only: send the caller's own token to Scalekit where the authorization server cannot exchange it. The MCP specification forbids this between different parties: a token stolen here would open the API.",
  },
  PORT: { schema: wholeNumber(1, 65_535).default(3002), describe: 'Port of this server.', active: '3002' },
  HOST: {
    schema: host.default('127.0.0.1'),
    describe: 'Address to listen on, without a port; 0.0.0.0 for all.',
  },
  NODE_ENV: {
    schema: z
      .enum(['production', 'development', 'test'], { message: 'set it to production, development or test' })
      .default('development'),
    describe:
      'production, development or test. With production, every URL that is not https or is this machine is refused (except Redis and OpenTelemetry), and so is ALLOWED_ORIGINS=*.',
  },
  LOG_LEVEL: {
    schema: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
        message: 'set it to fatal, error, warn, info, debug or silent',
      })
      .default('info'),
    describe: 'How much is logged, as JSON lines on stderr.',
    example: 'info',
  },
  METRICS_PORT: {
    schema: wholeNumber(1, 65_535).optional(),
    describe: 'Port of GET /metrics for Prometheus, at the same HOST. Default: no metrics.',
    example: '9464',
  },
  SHUTDOWN_DELAY_SECONDS: {
    schema: wholeNumber(0, 300).default(1),
    describe:
      'How long the server accepts requests after SIGTERM while GET /ready answers 503. Set it to more than the interval at which your load balancer asks. Default: 1.',
    example: '1',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: baseUrl.optional(),
    describe:
      'Where OpenTelemetry sends a span of each message; its other variables (OTEL_…) count as well. It needs @opentelemetry/sdk-node. Default: no traces.',
    example: 'http://localhost:4318',
  },
  ALLOWED_ORIGINS: {
    schema: origins,
    describe:
      'Web origins that may call this server from a browser, with commas, like https://app.example.com. * is every origin, in development only.',
  },
  ALLOWED_HOSTS: {
    schema: hosts,
    describe:
      'Host headers to accept besides the host of EXPECTED_AUDIENCE, with port where it is not the default.',
  },
  TRUST_PROXY: {
    schema: wholeNumber(0, 10).default(0),
    describe: 'How many proxies stand in front of this server; their X-Forwarded-For is believed.',
  },
  REQUESTS_PER_MINUTE: {
    schema: wholeNumber(1, 1_000_000).optional(),
    describe:
      'Requests per caller and minute. A call that writes counts as five. Default: 600, and 1000000 when EXPECTED_AUDIENCE is a URL of this machine.',
  },
  READ_ONLY: {
    schema: flag,
    describe: 'Offer only tools that read, whatever the URL of a connection asks for.',
  },
  HAND_OFF_CLIENT_ID: {
    schema: z.string().max(500).optional(),
    describe:
      'Client id of this server at its authorization server, for the pages where a person confirms a call. Needed only where that server registers no clients by itself. Register the redirect URI <origin of this server>/hand-off/callback for it.',
  },
  DOCS_URL: {
    schema: baseUrl.default('https://docs.scalekit.com'),
    describe: 'Where the documentation is; nothing outside of this host is read.',
  },
  STATE_KEY: {
    schema: z.string().min(32, 'set it to at least 32 random characters').optional(),
    describe:
      'Key that seals page tokens, session ids and, with REDIS_URL, confirmations: the same on every replica. Without it page tokens are good for one process, and session ids are sealed with the client secret.',
    secret: true,
  },
  REDIS_URL: {
    schema: z
      .string()
      .max(2_000)
      .refine(
        (value) => URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol),
        'set it to a URL like redis://localhost:6379',
      )
      .optional(),
    describe:
      'Redis in which replicas keep limits, idempotency keys, confirmations and revoked tokens together; it needs STATE_KEY. While it is gone each replica applies the limits on its own. Default: in the memory of the process.',
    example: 'redis://localhost:6379',
    secret: true,
  },
  AUDIT_FILE: {
    schema: z.string().max(1_000).default('audit/audit.jsonl'),
    describe:
      'File of the audit log: a signed chain of records of who called what, kept across restarts. A second process takes audit-2.jsonl, and so on. While it cannot be written, writes are refused. none turns it off.',
    example: 'audit/audit.jsonl',
  },
  AUDIT_KEY_FILE: {
    schema: z.string().max(1_000).optional(),
    describe:
      'Private key that signs the audit log (Ed25519, PKCS 8 in PEM). Made at the first start when it is not there. Default: audit-key.pem beside AUDIT_FILE.',
  },
} as const satisfies Record<string, Variable>

/** All of them, by the first name of each. */
export const schema = z.object(
  Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, variable.schema])) as {
    [Name in keyof typeof variables]: (typeof variables)[Name]['schema']
  },
)
export type Values = z.output<typeof schema>
