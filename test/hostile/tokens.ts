import { ecKey, rsaKey } from '../../packages/auth/test/authority.js'
import { buildToken, fill, type Names } from '../../packages/auth/test/hostile-token.js'
import { requestBytes, sendRaw } from '../../packages/auth/test/raw-http.js'
import { afterwards } from './afterwards.js'
import type { Corpora, Era, Profile, TokenCase } from './corpus.js'
import type { Outcome } from './outcome.js'
import { buildRequest, toolCall } from './request.js'
import { type PlayedScalekit, playScalekit } from './scalekit.js'
import { type ServerUnderTest, startServer } from './server.js'
import { compare, forbiddenInLog } from './verdict.js'

/** Sends every token of the corpus to a server of its own, in one profile and one protocol era. */
export async function runTokens({ tokens }: Corpora, profile: Profile, era: Era): Promise<Outcome[]> {
  const scalekit = await playScalekit()
  const server = await startServer(scalekit, profile)
  const started = Date.now()
  const sent = new Set<string>()
  const outcomes: Outcome[] = []
  try {
    for (const testCase of tokens.cases) {
      const problems = await runToken(testCase, server, scalekit, tokens.defaults, profile, era, sent)
      outcomes.push({
        id: testCase.id,
        group: testCase.group,
        name: `${testCase.name} [${profile}, ${era}]`,
        problems,
      })
    }
    outcomes.push({
      id: 'TOK-*',
      group: 'after',
      name: `after all tokens [${profile}, ${era}]`,
      problems: [...keySetProblems(scalekit, Date.now() - started), ...(await afterwards(server, sent))],
    })
    return outcomes
  } finally {
    await server.stop()
    await scalekit.close()
  }
}

async function runToken(
  testCase: TokenCase,
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  defaults: Corpora['tokens']['defaults'],
  profile: Profile,
  era: Era,
  sent: Set<string>,
): Promise<string[]> {
  const names: Names = {
    kid: rsaKey.kid,
    kid_es: ecKey.kid,
    iss: scalekit.url,
    aud: server.resource,
    canary: scalekit.canaryUrl,
  }
  const token = buildToken(testCase.build, defaults, names)
  sent.add(token)
  if (testCase.pre?.revoke) scalekit.revoked.add(token)
  const before = { ...scalekit.counts }
  scalekit.takeReceived()
  const startedAt = performance.now()

  const response = await sendRaw(server.port, requestOf(testCase, server, token, era))

  const expected = testCase.expect.by_profile?.[profile] ?? testCase.expect
  const verdictNames = { resource: server.resource, token }
  for (const text of forbiddenInLog(expected, verdictNames)) sent.add(text)
  return compare(
    expected,
    {
      response,
      upstreamCalls: scalekit.counts.apiCalls - before.apiCalls,
      canaryHits: scalekit.counts.canaryHits - before.canaryHits,
      received: scalekit.takeReceived(),
      milliseconds: performance.now() - startedAt,
      grownMegabytes: 0,
    },
    verdictNames,
  )
}

/** The request of a token case: its own headers take the place of `Authorization`, its own body that of the call. */
function requestOf(
  { present, request }: TokenCase,
  server: ServerUnderTest,
  token: string,
  era: Era,
): Buffer {
  const { tool, args } = request ?? { tool: 'list_environments', args: {} }
  const query = present?.query ? `?${fill(present.query, { token })}` : ''
  const own = (present?.headers ?? [['authorization', 'Bearer {{token}}']]).map(
    ([name, value]): [string, string] => [name, fill(value, { token })],
  )
  const build = { ...toolCall(tool, args), path: `/mcp${query}`, tail_headers: own }
  const names = { host: server.host, token: undefined }
  if (present?.body === undefined) return buildRequest(build, names, era)
  return requestBytes({
    method: 'POST',
    path: build.path,
    headers: [['host', server.host], ...own],
    body: Buffer.from(fill(present.body, { token })),
  })
}

/** RFC 7517 keys are read rarely, whatever tokens come. */
function keySetProblems({ counts }: PlayedScalekit, elapsed: number): string[] {
  return counts.keySetReads > 2 + elapsed / 30_000 ? [`${counts.keySetReads} reads of the key set`] : []
}
