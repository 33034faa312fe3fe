import { httpBindings, services } from '@scalekit-mcp/api'
import fc from 'fast-check'
import { describeTool } from '../src/mcp/catalog/describe-tool.js'
import type { ToolDefinition } from '../src/tool.js'
import { tools } from '../src/tools/index.js'
import { startBehindFaultyApi } from './behind-faulty-api.js'
import { postCall } from './post-message.js'
import { sampleArguments } from './sample-arguments.js'

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

const hostile = fc.constantFrom(
  '../../workspace',
  '..%2f..%2fmembers',
  'org_1/../../members',
  'org_1?x-env-domain=evil.example',
  'org_1#',
  'org_1\r\nx-env-domain: evil.example',
  '%00',
  '\u202eorg_1',
  '\ud800',
  'http://169.254.169.254/',
  '__proto__',
  'A'.repeat(5_000),
  '',
  ' ',
)
const anything = fc.oneof(hostile, fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' }))

/** Values that a schema takes, as far as the schema says. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  switch (schema.type) {
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100 })
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), { maxLength: Math.min(3, schema.maxItems ?? 3) })
    case 'object':
      return objectsOf(schema)
    default:
      return schema.pattern
        ? fc.stringMatching(new RegExp(schema.pattern))
        : fc.string({ maxLength: Math.min(60, schema.maxLength ?? 60), unit: 'binary' })
  }
}

function objectsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valuesOf(each)]))
  return fc.record(fields, { requiredKeys: [...required] as never[] }) as fc.Arbitrary<
    Record<string, unknown>
  >
}

/** Arguments from a tool's own schema, and the same with one of them replaced, added or taken away. */
function argumentsOf(tool: ToolDefinition): fc.Arbitrary<Record<string, unknown>> {
  const schema = describeTool(tool, false).inputSchema as Schema
  const names = [...Object.keys(schema.properties ?? {}), 'constructor', 'environment_id', 'extra']
  const valid = fc.oneof(
    objectsOf(schema),
    objectsOf(schema).map((some) => ({ ...sampleArguments(tool), ...some })),
  )
  const inDev = valid.map((args) =>
    'environmentId' in args ? { ...args, environmentId: 'env_100000000000000001' } : args,
  )
  const changed = fc
    .tuple(inDev, fc.constantFrom(...names), anything)
    .map(([args, name, value]) => ({ ...args, [name]: value }))
  const without = fc.tuple(inDev, fc.constantFrom(...names)).map(([args, name]) => {
    const { [name]: _, ...rest } = args as Record<string, unknown>
    return rest
  })
  return fc.oneof(inDev, changed, without)
}

const bindings = Object.values(services).flatMap(({ methods }) => methods.flatMap(httpBindings))

/** A request that some RPC of the API makes: its verb, and a path whose fields hold ids and names only. */
function isExpected(method: string, url: string): boolean {
  const [path = ''] = url.slice(url.indexOf('/api/v1')).split('?')
  return bindings.some((binding) => {
    const fields = binding.verb === method ? binding.path.match(path) : undefined
    return fields !== undefined && [...fields.values()].every((value) => !/[/\\?#%\s]|\.\./.test(value))
  })
}

export interface Fuzzed {
  readonly calls: number
  readonly reachedApi: number
  /** What went wrong, with the arguments that did it. */
  readonly wrong: string[]
}

/** Calls every tool with generated arguments; the API answers that there is no such thing. */
export async function fuzzTools(perTool: number, seed?: number): Promise<Fuzzed> {
  const { server, api, close } = await startBehindFaultyApi(() => ({ LOG_LEVEL: 'error' }))
  const token = await server.token()
  const url = `${server.url}?toolsets=all`
  const wrong: string[] = []
  let calls = 0
  let reachedApi = 0
  api.fault = (req, res) => {
    if (/\/environments\/env_\d+$/.test(req.url ?? '')) return false
    reachedApi++
    const domain = req.headers['x-env-domain']
    if (!isExpected(req.method ?? '', req.url ?? '')) wrong.push(`${req.method} ${req.url}`)
    if (req.headers.authorization === `Bearer ${token}`) wrong.push('the token of the caller went out')
    if (domain !== undefined && !/^[\w.:/-]+$/.test(String(domain))) wrong.push(`x-env-domain: ${domain}`)
    res.writeHead(404, { 'content-type': 'application/json' }).end('{"code":5,"message":"none"}')
    return true
  }
  const once = async (tool: ToolDefinition, args: Record<string, unknown>) => {
    calls++
    const posted = await postCall(url, token, tool.name, args)
    const answered = posted.message.result !== undefined || posted.message.error !== undefined
    if (posted.status >= 500 || !answered || /"code":"internal"/.test(posted.text)) {
      if (posted.status !== 400)
        wrong.push(`${tool.name} ${JSON.stringify(args)}: ${posted.status} ${posted.text}`)
    }
  }
  try {
    for (const tool of tools) {
      const samples = fc.sample(argumentsOf(tool), {
        numRuns: perTool,
        ...(seed === undefined ? {} : { seed }),
      })
      for (let at = 0; at < samples.length; at += 10) {
        await Promise.all(samples.slice(at, at + 10).map((args) => once(tool, args)))
      }
    }
    return { calls, reachedApi, wrong }
  } finally {
    await close()
  }
}
