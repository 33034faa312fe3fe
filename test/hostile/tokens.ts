import { buildToken } from '../../packages/auth/test/hostile-token.js'
import { UnknownName } from '../../packages/auth/test/hostile-unknown-name.js'
import { sendRaw } from '../../packages/auth/test/raw-http.js'
import { afterwards } from './afterwards.js'
import { namesFor } from './client.js'
import type { Corpora, Era, Profile, TokenCase } from './corpus.js'
import { unknownNames } from './grammar.js'
import { problemsInTime } from './in-time.js'
import { observe } from './observe.js'
import type { Outcome } from './outcome.js'
import { claimsOf, type PlayedScalekit, playScalekit } from './scalekit.js'
import { type ServerUnderTest, startServer } from './server.js'
import { claimedScopes, tokenRequest } from './token-request.js'
import { compare, expectedIn, forbiddenInLog } from './verdict.js'

const CASE_DEADLINE_MS = 300_000

type Defaults = Corpora['tokens']['defaults']

/** Sends every token of the corpus to a server of its own, in one profile and one protocol era. */
export async function runTokens({ tokens }: Corpora, profile: Profile, era: Era): Promise<Outcome[]> {
  const scalekit = await playScalekit()
  try {
    const server = await startServer(scalekit, profile)
    try {
      return await runCases(tokens, server, scalekit, profile, era)
    } finally {
      await server.stop()
    }
  } finally {
    await scalekit.close()
  }
}

async function runCases(
  { cases, defaults }: Corpora['tokens'],
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  profile: Profile,
  era: Era,
): Promise<Outcome[]> {
  const started = Date.now()
  const outcomes: Outcome[] = []
  const secrets = new Map<string, string[]>()
  for (const testCase of cases) {
    const forbidden: string[] = []
    secrets.set(testCase.id, forbidden)
    const run = () => runToken(testCase, server, scalekit, defaults, profile, era, forbidden)
    const { problems } = await problemsInTime(run, CASE_DEADLINE_MS)
    outcomes.push({
      id: testCase.id,
      group: testCase.group,
      name: `${testCase.name} [${profile}, ${era}]`,
      problems,
    })
  }
  const after = await afterwards(server, secrets)
  return [
    ...outcomes.map((outcome) => ({
      ...outcome,
      problems: [...outcome.problems, ...(after.byCase.get(outcome.id) ?? [])],
    })),
    {
      id: 'TOK-*',
      group: 'after',
      name: `after all tokens [${profile}, ${era}]`,
      problems: [...keySetProblems(scalekit, Date.now() - started), ...after.problems],
    },
  ]
}

async function runToken(
  testCase: TokenCase,
  server: ServerUnderTest,
  scalekit: PlayedScalekit,
  defaults: Defaults,
  profile: Profile,
  era: Era,
  forbidden: string[],
): Promise<{ problems: string[] }> {
  const unknown = unknownNames(testCase, 'token')
  if (unknown.length > 0) return { problems: unknown }
  const token = buildToken(testCase.build, defaults, namesFor(scalekit, server))
  const names = namesFor(scalekit, server, token)
  revoke(testCase, scalekit, token)
  const expected = expectedIn(profile, testCase)
  const circumstances = { names, era, claimedScopes: claimedScopes(token) }
  forbidden.push(...spellingsOf(token), ...forbiddenInLog(expected, circumstances))
  const bytes = tokenRequest(testCase, defaults, names, era)
  const seen = await observe(expected, server, scalekit, () => sendRaw(server.port, bytes))
  return { problems: compare(testCase, expected, seen, circumstances) }
}

function revoke({ pre }: TokenCase, scalekit: PlayedScalekit, token: string): void {
  if (pre?.revoke === undefined) return
  if (pre.revoke !== 'self') throw new UnknownName('revoke', pre.revoke)
  scalekit.revoked.add(claimsOf(token).jti)
}

/** The token, and its signature alone, where they are too long to be in a log by chance. */
function spellingsOf(token: string): string[] {
  return [token, token.split('.')[2] ?? ''].filter((text) => text.length > 20)
}

/** Keys are read at the start and rarely after it, whatever tokens come. */
function keySetProblems({ counts }: PlayedScalekit, elapsed: number): string[] {
  return counts.keySetReads > 2 + elapsed / 30_000 ? [`${counts.keySetReads} reads of the key set`] : []
}
