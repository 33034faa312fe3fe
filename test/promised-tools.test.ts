import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scopes } from '../packages/server/src/tool.js'
import { tools } from '../packages/server/src/tools/index.js'

/**
 * What agents, prompts and grants of users rely on (docs/guides/upgrade.md): a line is added to the list with a new tool,
 * and none is taken away or changed before the next major version.
 */
const promised = JSON.parse(
  readFileSync(new URL('./promised-tools.json', import.meta.url), 'utf8'),
) as Record<string, string[]>

const present = new Map(tools.map((tool) => [tool.name, [...tool.scopes]]))

test('no tool that was once offered has gone or needs other scopes', () => {
  const broken = Object.entries(promised).filter(
    ([name, needed]) => JSON.stringify(present.get(name)) !== JSON.stringify(needed),
  )
  expect(broken).toEqual([])
})

test('every tool is promised', () => {
  expect([...present.keys()].filter((name) => !(name in promised))).toEqual([])
})

test('no scope has gone', () => {
  expect(scopes).toEqual(
    expect.arrayContaining([
      'workspace:read',
      'workspace:write',
      'environment:read',
      'environment:write',
      'organization:read',
      'organization:write',
    ]),
  )
})
