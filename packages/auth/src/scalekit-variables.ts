import type { ProtectOptions } from './protect-options.js'
import { canonicalForm } from './resource-path.js'
import { Secret } from './secret.js'
import { insecureUrl } from './secure-url.js'
import { isSameValue, variableValue } from './variable-values.js'

/** The names that Scalekit's documentation uses for one variable. Errors use the first, unless another one is set. */
const NAMES = {
  environmentUrl: ['SK_ENV_URL', 'SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_ENV_URL'],
  clientId: ['SK_CLIENT_ID', 'SCALEKIT_CLIENT_ID'],
  clientSecret: ['SK_CLIENT_SECRET', 'SCALEKIT_CLIENT_SECRET'],
  resource: ['EXPECTED_AUDIENCE'],
  metadata: ['PROTECTED_RESOURCE_METADATA'],
  resourceId: ['MCP_SERVER_ID', 'SCALEKIT_MCP_SERVER_ID'],
  introspectionUrl: ['INTROSPECTION_URL'],
} as const

type Variable = keyof typeof NAMES
type Environment = Readonly<Record<string, string | undefined>>

/** The options of `mcpAuth` that come from a Scalekit environment. */
export type ScalekitOptions = Pick<
  ProtectOptions,
  'resource' | 'scalekit' | 'issuers' | 'metadata' | 'revocation'
>

/** The options, or one sentence for each variable that is missing or wrong. */
export type ScalekitVariables =
  | { readonly options: ScalekitOptions; readonly problems: readonly [] }
  | { readonly options?: never; readonly problems: readonly string[] }

/**
 * Reads the variables of a protected MCP server, under every name that Scalekit's documentation uses. An empty variable
 * is absent, and quotes around a value are not part of it. Client id and secret are only used for introspection, with `INTROSPECTION_URL`.
 *
 * @param fallback variables of a `.env` file, for example. `env` wins, even if it uses another name of the variable.
 * @example
 * const { options, problems } = readScalekitVariables(env)
 * if (options) app.use(mcpAuth({ ...options, scopes: [], tools }))
 */
export function readScalekitVariables(env: Environment, fallback: Environment = {}): ScalekitVariables {
  const variables = new Variables([env, fallback])
  const environmentUrl = environmentUrlOf(variables)
  const resource = resourceOf(variables)
  const metadata = metadataOf(variables, resource)
  const resourceId = resourceIdOf(variables, metadata)
  const revocation = revocationOf(variables)
  const { problems } = variables
  if (!environmentUrl || !resource || problems.length > 0) return { problems }
  const environment = environmentUrl.replace(/\/+$/, '')
  return {
    problems: [],
    options: {
      resource,
      scalekit: { environmentUrl: environment, ...(resourceId && { resourceId }) },
      // The environment issues tokens as itself, or as the authorization server of this resource.
      ...(metadata && { metadata, issuers: [...new Set([environment, ...metadata.authorization_servers])] }),
      ...(revocation && { revocation }),
    },
  }
}

/** The values of the variables, and the problems found in them. */
class Variables {
  readonly problems: string[] = []
  readonly #sources: readonly Environment[]

  /** @param sources a source wins over those after it */
  constructor(sources: readonly Environment[]) {
    this.#sources = sources
  }

  /** The name to use in a message: the one that is set, or the first. */
  nameOf(variable: Variable): string {
    return this.#valuesByName(variable)[0]?.[0] ?? NAMES[variable][0]
  }

  get(variable: Variable): string | undefined {
    const [first, ...others] = this.#valuesByName(variable)
    const other = others.find(([, value]) => first && !isSameValue(value, first[1]))
    if (first && other) {
      this.problems.push(`${first[0]} and ${other[0]} have different values. Set one of them.`)
    }
    return first?.[1]
  }

  /** From the first source that has the variable under any of its names. */
  #valuesByName(variable: Variable): [name: string, value: string][] {
    for (const source of this.#sources) {
      const found = NAMES[variable].flatMap((name): [string, string][] => {
        const value = variableValue(source[name])
        return value ? [[name, value]] : []
      })
      if (found.length > 0) return found
    }
    return []
  }
}

function environmentUrlOf(variables: Variables): string | undefined {
  const value = variables.get('environmentUrl')
  const name = variables.nameOf('environmentUrl')
  const todo = `Set ${name} to the URL of your Scalekit environment, like https://acme.scalekit.com.`
  const problem = value === undefined ? `${name} is missing` : insecureUrl(value, name)
  if (problem) variables.problems.push(`${problem}. ${todo}`)
  return problem ? undefined : value
}

function resourceOf(variables: Variables): string | undefined {
  const value = variables.get('resource')
  const name = variables.nameOf('resource')
  const todo = `Set ${name} to the server URL that is registered in Scalekit, like https://mcp.acme.com/mcp.`
  const problem = value === undefined ? `${name} is missing` : insecureUrl(value, name)
  if (problem) variables.problems.push(`${problem}. ${todo}`)
  if (value === undefined || problem) return undefined
  const canonical = canonicalForm(value)
  if (canonical === undefined) return value
  variables.problems.push(`${name} is not in its canonical form. Set ${name} to ${canonical}.`)
  return undefined
}

interface Metadata extends Readonly<Record<string, unknown>> {
  readonly authorization_servers: readonly string[]
}

/** The RFC 9728 document of the dashboard. In double quotes, a `.env` file would end it at its first name. */
function metadataOf(variables: Variables, resource: string | undefined): Metadata | undefined {
  const value = variables.get('metadata')
  if (value === undefined) return undefined
  const name = variables.nameOf('metadata')
  const document = parseObject(value)
  const servers = document?.authorization_servers
  if (!document) {
    variables.problems.push(
      `${name} is not a JSON object. Copy it in one line from the Scalekit dashboard, and put it in single quotes in .env and in a shell.`,
    )
  } else if (!isListOfUrls(servers)) {
    variables.problems.push(
      `${name} lists no usable authorization_servers. Copy the whole document from the Scalekit dashboard.`,
    )
  } else if (resource !== undefined && document.resource !== resource) {
    const audience = variables.nameOf('resource')
    variables.problems.push(
      `${name} has the resource ${JSON.stringify(document.resource)} and ${audience} is ${JSON.stringify(resource)}. ` +
        'Set both to the server URL that is registered in Scalekit, with the same slash at the end.',
    )
  } else return { ...document, authorization_servers: servers }
  return undefined
}

function resourceIdOf(variables: Variables, metadata: Metadata | undefined): string | undefined {
  const value = variables.get('resourceId')
  const name = variables.nameOf('resourceId')
  if (value !== undefined && !/^res_[\w-]+$/.test(value)) {
    variables.problems.push(
      `${name} is not the id of an MCP server. Set it to the id in Scalekit, like res_123.`,
    )
  } else if (value === undefined && !metadata && variables.get('metadata') === undefined) {
    variables.problems.push(
      'PROTECTED_RESOURCE_METADATA is missing. Set it to the metadata JSON that the Scalekit dashboard shows for this ' +
        `MCP server, or set ${name} to its id (res_…).`,
    )
  } else if (value !== undefined && metadata && !metadata.authorization_servers.some(isOf(value))) {
    variables.problems.push(
      `${name} is ${value}, but PROTECTED_RESOURCE_METADATA lists the authorization server ` +
        `${metadata.authorization_servers.join(', ')}. Copy both from the same MCP server in the Scalekit dashboard, or set one of them.`,
    )
  }
  return value
}

/** Whether an authorization server is the one that Scalekit has for an MCP server. Its host may be a custom domain. */
const isOf = (resourceId: string) => (url: string) =>
  url.replace(/\/+$/, '').endsWith(`/resources/${resourceId}`)

function revocationOf(variables: Variables): ProtectOptions['revocation'] {
  const introspectionUrl = variables.get('introspectionUrl')
  const [clientId, clientSecret] = [variables.get('clientId'), variables.get('clientSecret')]
  if (introspectionUrl === undefined) return undefined
  const problem = insecureUrl(introspectionUrl, 'INTROSPECTION_URL')
  if (problem)
    variables.problems.push(`${problem}. Set it to the introspection endpoint of your environment.`)
  if (clientId !== undefined && clientSecret !== undefined) {
    return { introspectionUrl, clientId, clientSecret: new Secret(clientSecret) }
  }
  variables.problems.push(
    `INTROSPECTION_URL needs ${variables.nameOf('clientId')} and ${variables.nameOf('clientSecret')}. Set both.`,
  )
  return undefined
}

function isListOfUrls(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each) => typeof each === 'string' && insecureUrl(each, 'it') === undefined)
  )
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
