import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { parseSelection } from '../call/access.js'
import { describeTool } from '../mcp/catalog/describe-tool.js'
import { instructionsFor } from '../mcp/instructions.js'
import { optInToolsets, scopes, type Toolset, toolsets } from '../tool.js'
import { tools } from './index.js'

const described = tools.map((tool) => ({
  tool,
  definition: describeTool(tool, false),
}))

/** Every schema inside a schema, with its path. */
function nodes(schema: unknown, path = ''): { path: string; node: Record<string, unknown> }[] {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return []
  const node = schema as Record<string, unknown>
  const children = Object.entries({
    ...(node.properties as object | undefined),
    ...(node.items ? { '[]': node.items } : {}),
  })
  return [{ path, node }, ...children.flatMap(([key, child]) => nodes(child, `${path}/${key}`))]
}

describe('the surface of all tools', () => {
  test('names are unique and begin with a verb of the glossary', () => {
    const names = tools.map((tool) => tool.name)
    expect(new Set(names).size).toBe(names.length)
    const verbs =
      /^(list|get|create|update|delete|add|remove|enable|disable|search|set|invite|resend|generate|register|rotate|switch|wait_for)_[a-z_]+$|^whoami$/
    expect(names.filter((name) => !verbs.test(name))).toEqual([])
  })

  test.each(described)('$tool.name is declared within the vocabulary', ({ tool }) => {
    expect([...toolsets, ...optInToolsets]).toContain(tool.toolset)
    expect(tool.scopes.filter((scope) => !scopes.includes(scope))).toEqual([])
    expect(tool.description.length).toBeLessThan(300)
  })

  test.each(described)(
    '$tool.name takes portable input: no unions, $ref, format or untyped arrays',
    ({ definition }) => {
      for (const { path, node } of nodes(definition.inputSchema)) {
        expect(Object.keys(node), path).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^(anyOf|oneOf|allOf|not|\$ref|\$defs|format)$/)]),
        )
        expect(typeof node.type, path).toBe('string')
        if (node.type === 'array') expect(node.items, path).toBeDefined()
      }
    },
  )

  test.each(described)('$tool.name takes closed and bounded input', ({ tool }) => {
    // Not the listed schema, which leaves long limits out.
    for (const { path, node } of nodes(z.toJSONSchema(tool.input, { io: 'input' }))) {
      if (node.type === 'object') expect(node.additionalProperties, path).toBe(false)
      if (node.type === 'string') expect(node.maxLength ?? node.enum ?? node.pattern, path).toBeDefined()
      if (node.type === 'integer' || node.type === 'number') expect(node.maximum, path).toBeDefined()
      if (node.type === 'array') expect(node.maxItems, path).toBeDefined()
    }
  })

  test('annotations follow from the effect', () => {
    for (const { tool, definition } of described) {
      expect(definition.annotations?.readOnlyHint ?? false, tool.name).toBe(tool.effect === 'read')
    }
  })

  test('an annotation promises that a tool only adds only where nothing is replaced or removed', () => {
    for (const { tool, definition } of described) {
      const replaces = tool.effect === 'update' || tool.effect === 'delete' || tool.irreversible === true
      const promise = tool.effect === 'read' ? undefined : replaces
      expect(definition.annotations?.destructiveHint, tool.name).toBe(promise)
    }
  })

  test('what tools/list returns by default stays within 64 kB', () => {
    const offered: ReadonlySet<Toolset> = new Set(toolsets)
    const listed = described.filter(({ tool }) => offered.has(tool.toolset))
    const text = JSON.stringify({ tools: listed.map(({ definition }) => definition) })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536)
  })

  test('instructions and descriptions together are short, and none talks about the display', () => {
    const instructions = instructionsFor(parseSelection(new URLSearchParams()), {
      resource: 'https://mcp.example.com/mcp',
      mode: 'workspace',
      readOnly: false,
    })
    const texts = [instructions, ...tools.map((tool) => tool.description)]
    // A token is at least three characters of such text.
    expect(texts.join(' ').length / 3).toBeLessThan(6_000)
    expect(
      texts.filter((text) => /\b(markdown|render|format (it|the)|display|as a table|bold)\b/i.test(text)),
    ).toEqual([])
  })
})
