import { z } from 'zod'

const JsonObject = z.record(z.string(), z.json())

/** The ways in which a user authorizes an account, by the names of the API. */
export const AUTH_TYPES = ['OAUTH', 'BASIC', 'BEARER', 'API_KEY', 'GOOGLE_DWD', 'NO_AUTH'] as const

/** An action of a provider, and what the simulated provider answers to it. */
export const Tool = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9_][a-zA-Z0-9_-]{0,99}$/, 'letters, digits, _ and -, at most 100'),
    display_name: z.string().optional(),
    description: z.string().default(''),
    input_schema: JsonObject.default({ type: 'object', properties: {} }).describe(
      'JSON Schema of the params.',
    ),
    output_schema: JsonObject.optional(),
    read_only: z.boolean().default(false),
    destructive: z.boolean().default(false),
    tags: z.array(z.string()).default([]),
    answer: z
      .json()
      .optional()
      .describe(
        'What the tool returns. `{{params.NAME}}`, `{{identifier}}`, `{{connected_account_id}}` and `{{now}}` are replaced. An object whose only member is `error` makes the call fail with `error.status` (default 500), `error.code` and `error.message`.',
      ),
    handler: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'A URL of your own that answers instead: POST {tool, params, identifier, connected_account_id}.',
      ),
  })
  .refine(({ answer, handler }) => answer === undefined || handler === undefined, {
    error: 'choose one of: answer, handler',
  })
export type Tool = z.infer<typeof Tool>

/** A request of its API that the simulated provider answers, when an application sends it through the proxy. */
export const SimulatedRequest = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  path: z
    .string()
    .regex(/^\/[^\s?#]*$/, 'starts with a slash, and has no query')
    .describe('As in the API of the provider; `{name}` stands for one segment.'),
  status: z.int().min(200).max(599).default(200),
  answer: z
    .json()
    .default({})
    .describe(
      'The JSON that is returned. `{{path.NAME}}`, `{{query.NAME}}`, `{{body.NAME}}`, `{{identifier}}`, `{{connected_account_id}}` and `{{now}}` are replaced.',
    ),
})
export type SimulatedRequest = z.infer<typeof SimulatedRequest>

/** A field of the form in which a user enters credentials. */
export const CredentialField = z.strictObject({
  field_name: z.string().min(1),
  label: z.string().min(1),
  input_type: z.enum(['text', 'password']).default('text'),
  required: z.boolean().default(true),
})
export type CredentialField = z.infer<typeof CredentialField>

/** What the catalogue and a seed say about a connector. */
export const connectorShape = {
  identifier: z
    .string()
    .regex(/^[a-zA-Z0-9_:-]{1,100}$/)
    .describe(
      'The key of the provider, which connections name as `provider_key`. With `c-` first: a custom MCP server.',
    ),
  display_name: z.string().min(1).max(200),
  auth_type: z.enum(AUTH_TYPES),
  scopes: z
    .array(z.string())
    .default([])
    .describe('What consent asks for where the connection has no scopes.'),
  fields: z
    .array(CredentialField)
    .default([])
    .describe('The form for credentials. By default the usual fields of `auth_type`.'),
  tools: z.array(Tool).default([]),
  proxy_enabled: z
    .boolean()
    .optional()
    .describe(
      'Whether applications may call its API through the proxy. By default as in the catalogue, else true.',
    ),
  requests: z.array(SimulatedRequest).default([]).describe('What its API answers through the proxy.'),
}

export const Connector = z.strictObject(connectorShape)
export type Connector = z.infer<typeof Connector>

/** A version of a tool, with the provider that it belongs to. */
export interface ProvidedTool extends Tool {
  readonly id: string
  readonly provider: string
  readonly schema_version: string
  readonly tool_version: string
  /** Whether calls use this version. Of the versions with one name, one is the default. */
  readonly is_default: boolean
  /** Whether it comes from the catalogue or the seed, and not from the API. */
  readonly built_in: boolean
  readonly category?: string | undefined
  /** What was sent in place of the usual hints. */
  readonly annotations?: Readonly<Record<string, string | boolean | undefined>> | undefined
  readonly metadata: Readonly<Record<string, unknown>>
  readonly updated_at: number
}

/** The name of a tool for people. */
export function toolTitle({ name, display_name }: Pick<Tool, 'name' | 'display_name'>): string {
  if (display_name !== undefined) return display_name
  const words = name.replace(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Whether the tools of a connector belong to a custom MCP server: only accounts there see them. */
export function isCustomMcp(provider: string): boolean {
  return provider.startsWith('c-')
}
