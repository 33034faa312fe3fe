import { expect, test } from 'vitest'
import * as z from 'zod'
import { measure } from '../../../test/harness/measure.js'
import { describeTool } from '../src/mcp/catalog/describe-tool.js'
import { tools } from '../src/tools/index.js'

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: unknown
}

/** What is open or unbounded in an input schema, with its path. */
function openings(schema: Schema, path: string): string[] {
  const found: string[] = []
  if (schema.type === 'object' && schema.additionalProperties !== false) found.push(`${path}: object is open`)
  if (schema.type === 'string' && !isBounded(schema)) found.push(`${path}: string has no end`)
  if (schema.type === 'array' && (schema.maxItems === undefined || !schema.items))
    found.push(`${path}: array has no end`)
  if (
    /^(integer|number)$/.test(schema.type ?? '') &&
    (schema.minimum === undefined || schema.maximum === undefined)
  ) {
    found.push(`${path}: number has no bounds`)
  }
  if (schema.type === undefined) found.push(`${path}: has no type`)
  const inner = Object.entries({ ...schema.properties, ...(schema.items ? { '[]': schema.items } : {}) })
  return [...found, ...inner.flatMap(([name, each]) => openings(each, `${path}.${name}`))]
}

/** The properties of an input schema that have no description, with their path. */
function undescribed({ properties = {}, items }: Schema, path: string): string[] {
  const own = Object.entries(properties).flatMap(([name, each]) => [
    ...(each.description ? [] : [`${path}.${name}`]),
    ...undescribed(each, `${path}.${name}`),
  ])
  return items ? [...own, ...undescribed(items, `${path}.[]`)] : own
}

/** By its length, its words, or a pattern from start to end without `*`, `+` or `{n,}` outside of brackets. */
function isBounded({ maxLength, enum: words, pattern }: Schema): boolean {
  if (maxLength !== undefined || words) return true
  const outside = pattern?.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  return outside !== undefined && /^\^.*\$$/.test(outside) && !/[*+]|\{\d+,\}/.test(outside)
}

test('an opening is seen', () => {
  expect(
    openings({ type: 'object', properties: { a: { type: 'string', pattern: '^[a-z]+$' } } }, 't'),
  ).toHaveLength(2)
  expect(isBounded({ pattern: '^[a+]{1,3}$' })).toBe(true)
})

test('the input of every tool is closed and bounded', () => {
  // Not the listed schemas, which leave long limits out.
  const found = tools.flatMap(({ name, input }) =>
    openings(z.toJSONSchema(input, { io: 'input' }) as Schema, name),
  )
  expect(found).toEqual([])
  measure('C2', `${found.length} in ${tools.length} tools`)
})

test('every property of every input has a short description', () => {
  const missing = { properties: { a: { items: { properties: { b: {} } }, description: 'A.' } } }
  expect(undescribed(missing, 't')).toEqual(['t.a.[].b'])
  const schemas = tools.map((tool) => ({
    name: tool.name,
    schema: describeTool(tool, false).inputSchema as Schema,
  }))
  expect(schemas.flatMap(({ name, schema }) => undescribed(schema, name))).toEqual([])
  const long = schemas.flatMap(({ name, schema }) =>
    Object.entries(schema.properties ?? {}).flatMap(([property, { description = '' }]) =>
      description.length > 100 ? [`${name}.${property}`] : [],
    ),
  )
  expect(long).toEqual([])
})

test('no rule of an input is explained by a regular expression', () => {
  const patterns = (schema: z.ZodType, path: string): string[] => {
    const { def } = schema as unknown as { def: Record<string, unknown> }
    const inner = [def.innerType, def.element, def.in, def.out].flatMap((each) =>
      each instanceof z.ZodType ? patterns(each, path) : [],
    )
    const fields =
      schema instanceof z.ZodObject
        ? Object.entries(schema.shape).flatMap(([name, each]) =>
            patterns(each as z.ZodType, `${path}.${name}`),
          )
        : []
    const said = schema instanceof z.ZodString ? (schema.safeParse('\u0000').error?.issues ?? []) : []
    return [...inner, ...fields, ...said.filter(({ message }) => message.includes('/^')).map(() => path)]
  }
  expect(patterns(z.object({ a: z.string().regex(/^x$/).optional() }), 't')).toEqual(['t.a'])
  expect(tools.flatMap(({ name, input }) => patterns(input, name))).toEqual([])
})
