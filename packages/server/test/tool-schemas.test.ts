import { expect, test } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { describeTool } from '../src/mcp/catalog/describe-tool.js'
import { tools } from '../src/tools/index.js'

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
  const found = tools.flatMap((tool) =>
    openings(describeTool(tool, false, 'http://localhost').inputSchema as Schema, tool.name),
  )
  expect(found).toEqual([])
  measure('C2', `${found.length} in ${tools.length} tools`)
})
