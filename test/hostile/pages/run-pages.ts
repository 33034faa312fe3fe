import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fill } from '../../../packages/auth/test/hostile-values.js'
import { sendRaw } from '../../../packages/auth/test/raw-http.js'
import {
  patient,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../packages/server/test/server-under-test.js'
import { unknownIn } from '../grammar.js'
import { problemsInTime } from '../in-time.js'
import type { Outcome } from '../outcome.js'
import { buildPageRequest, type PageCase, type PageCorpus, wholeRequestNames } from './page-case.js'
import { pageProblems } from './page-verdict.js'
import { openPageWorld, type PageWorld } from './page-world.js'

const CASE_DEADLINE_MS = 300_000

const corpora = new URL('../corpus/', import.meta.url)

/** Our own corpus of the pages, or the one that tests the runner. */
export function readPages(name: 'pages' | 'page-grammar' = 'pages'): PageCorpus {
  return JSON.parse(readFileSync(new URL(`${name}.json`, corpora), 'utf8'))
}

/** Sends every request of a corpus to the pages of one server, which signs people in at the local environment. */
export async function runPages({ cases }: PageCorpus): Promise<Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-pages-'))
  const auditFile = join(folder, 'audit.jsonl')
  // Long enough for all cases: who is signed in, and what waits, is the same for them.
  const server = await startServerUnderTest({ AUDIT_FILE: auditFile }, undefined, undefined, {
    ...patient,
    handOff: 3_600_000,
  })
  try {
    const world = await openPageWorld(server)
    const outcomes: Outcome[] = []
    for (const testCase of cases) {
      const { id, group, name } = testCase
      const { problems } = await problemsInTime(() => runCase(testCase, server, world), CASE_DEADLINE_MS)
      outcomes.push({ id, group, name, problems })
    }
    await server.close()
    const written = { log: server.log.join(''), audit: readFileSync(auditFile, 'utf8') }
    const problems = Object.entries(written).flatMap(([place, text]) => {
      if (!text.includes('"hand-off"') && place === 'audit') return ['the audit has no request of a page']
      return [...world.secrets]
        .filter((secret) => text.includes(secret))
        .map((secret) => `the ${place} contains ${secret}`)
    })
    return [...outcomes, { id: 'PAGE-*', group: 'after', name: 'after all pages', problems }]
  } finally {
    await server.close().catch(() => undefined)
    await rm(folder, { recursive: true })
  }
}

async function runCase(testCase: PageCase, server: ServerUnderTest, world: PageWorld) {
  const unknown = unknownNamesOf(testCase)
  if (unknown.length > 0) return { problems: unknown }
  const { build, pre, expect } = testCase
  const own = await world.names(pre)
  const names = { ...own, ...wholeRequestNames(own) }
  const bytes = buildPageRequest(build, names)
  const port = Number(new URL(server.url).port)
  if (pre?.sent) await sendRaw(port, bytes)
  const logged = server.log.length
  const response = await sendRaw(port, bytes)
  const effect = await world.effect()
  const problems = pageProblems(testCase, { response, effect }, names)
  const log = server.log.slice(logged).join('')
  const forbidden = [expect.log_must_not_contain ?? []]
    .flat()
    .filter((text) => log.includes(fill(text, names)))
  return { problems: [...problems, ...forbidden.map((text) => `the log contains ${text}`)] }
}

/** Every member that a case of the pages may have. */
export const pageGrammar = {
  case: ['id', 'group', 'name', 'why', 'build', 'pre', 'expect', 'fails'],
  build: [
    'browser',
    'form',
    'method',
    'path',
    'headers',
    'raw_headers',
    'many_headers',
    'body_text',
    'body_hex',
    'body_gen',
    'encode',
    'chunked',
    'declared_length',
    'raw',
  ],
  pre: ['begin', 'authorize', 'stray', 'send', 'sent'],
  expect: [
    'status',
    'header_equals',
    'header_contains',
    'header_absent',
    'headers_not_contain',
    'body_contains',
    'body_not_contains',
    'log_must_not_contain',
    'effect',
    'signs_in',
  ],
} as const

function unknownNamesOf(testCase: PageCase): string[] {
  const { case: known, ...objects } = pageGrammar
  return [
    ...unknownIn(testCase, known, 'key'),
    ...Object.entries(objects).flatMap(([name, allowed]) =>
      unknownIn(testCase[name as keyof PageCase], allowed, `${name} key`),
    ),
  ]
}
