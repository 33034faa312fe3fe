import { checks } from './checks.js'
import type { Case } from './corpus.js'

const caseMembers = ['id', 'group', 'name', 'why', 'build', 'expect', 'fails']

/** Every member that the two corpora may have, by the object that it is a member of. */
export const grammar = {
  token: {
    case: [...caseMembers, 'present', 'pre', 'request'],
    build: [
      'kind',
      'header',
      'claims',
      'key',
      'sign_alg',
      'raw_header',
      'raw_payload',
      'raw_payload_gen',
      'raw_payload_hex',
      'dup_claim',
      'inject_raw',
      'mutate',
      'mutate_header',
      'mutate_claims',
      'template',
    ],
    present: ['headers', 'query', 'body'],
    pre: ['revoke'],
    request: ['tool', 'args'],
  },
  request: {
    case: caseMembers,
    build: [
      'method',
      'path',
      'auth',
      'headers',
      'raw_headers',
      'tail_headers',
      'junk_tail',
      'many_headers',
      'many_headers_short',
      'sync_headers',
      'legacy',
      'rpc',
      'rpc_patch',
      'body',
      'body_text',
      'body_hex',
      'body_utf16',
      'body_gen',
      'body_keys',
      'batch',
      'batch_modern',
      'pad_to',
      'gzip_bomb',
      'encode',
      'chunked',
      'hold_body',
      'declared_length',
      'raw',
      'slow',
      'sockets',
      'flood',
      'count',
    ],
  },
} as const

type Members = Readonly<Record<string, readonly string[]>>

/** The names in a case that the grammar does not have. A check that nobody makes would pass. */
export function unknownNames(testCase: Case, kind: keyof typeof grammar): string[] {
  const { case: known, ...objects }: Members = grammar[kind]
  const members = testCase as unknown as Record<string, unknown>
  if (members.expect === undefined) return ['the case has no expect']
  const { by_profile, ...expected } = testCase.expect
  const expectations = [expected, ...Object.values(by_profile ?? {})]
  return [
    ...unknownIn(members, known, 'key'),
    ...Object.entries(objects).flatMap(([name, allowed]) => unknownIn(members[name], allowed, `${name} key`)),
    ...expectations.flatMap((each) => unknownIn(each, Object.keys(checks), 'expectation')),
  ]
}

/** The members of a value that are not known. */
export function unknownIn(value: unknown, known: readonly string[] = [], what: string): string[] {
  return Object.keys(Object(value))
    .filter((name) => !known.includes(name))
    .map((name) => `unknown ${what} ${name}`)
}
