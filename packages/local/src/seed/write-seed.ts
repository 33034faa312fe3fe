import { setImmediate as nextTurn } from 'node:timers/promises'
import { dump } from 'js-yaml'
import type { SeedDocument, SeedList, SeedSection } from './export.js'

/** Entries in one slice. Between two slices other requests are answered. */
const ENTRIES_AT_ONCE = 200

/** The text of a seed as JSON, in slices. */
export async function* writeJson({ workspace, environments }: SeedDocument): AsyncGenerator<string> {
  yield '{"version":1,"workspace":'
  yield* writeJsonSection(workspace)
  yield ',"environments":['
  for (const [index, environment] of environments.entries()) {
    if (index > 0) yield ','
    yield* writeJsonSection(environment)
  }
  yield ']}\n'
}

async function* writeJsonSection({ fields, lists }: SeedSection): AsyncGenerator<string> {
  const members = Object.entries(fields).map(([name, value]) => `"${name}":${JSON.stringify(value)},`)
  yield `{${members.join('')}`
  for (const [index, { name, entries }] of lists.entries()) {
    yield `${index > 0 ? ',' : ''}"${name}":[`
    let separator = ''
    for await (const slice of slices(entries)) {
      yield separator + slice.map((entry) => JSON.stringify(entry)).join(',')
      separator = ','
    }
    yield ']'
  }
  yield '}'
}

/** The text of a seed as YAML, in slices. */
export async function* writeYaml({ workspace, environments }: SeedDocument): AsyncGenerator<string> {
  yield 'version: 1\nworkspace:\n'
  yield* writeYamlLists(workspace.lists, '  ')
  yield environments.length > 0 ? 'environments:\n' : 'environments: []\n'
  for (const { fields, lists } of environments) {
    const lines = indented(dump(fields, FORMAT), '    ')
    yield `  - ${lines.trimStart()}`
    yield* writeYamlLists(lists, '    ')
  }
}

async function* writeYamlLists(lists: readonly SeedList[], indent: string): AsyncGenerator<string> {
  for (const { name, entries } of lists) {
    let isEmpty = true
    for await (const slice of slices(entries)) {
      if (isEmpty) yield `${indent}${name}:\n`
      isEmpty = false
      yield indented(dump(slice, FORMAT), `${indent}  `)
    }
    if (isEmpty) yield `${indent}${name}: []\n`
  }
}

const FORMAT = { lineWidth: -1, noRefs: true }

function indented(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent)
}

async function* slices<T>(entries: Iterable<T>): AsyncGenerator<T[]> {
  let slice: T[] = []
  for (const entry of entries) {
    slice.push(entry)
    if (slice.length < ENTRIES_AT_ONCE) continue
    yield slice
    slice = []
    await nextTurn()
  }
  if (slice.length > 0) yield slice
}
