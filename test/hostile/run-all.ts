import type { Corpora, Era, Profile } from './corpus.js'
import type { Outcome } from './outcome.js'
import { runRequests } from './requests.js'
import { runTokens } from './tokens.js'

const profiles: readonly Profile[] = ['strict', 'scalekit-compat']
const eras: readonly Era[] = ['modern', 'legacy']

/** Both corpora, in both profiles and both protocol eras. A run that breaks off is a failure; the others go on. */
export async function runAll(corpora: Corpora): Promise<Outcome[]> {
  const runs = profiles.flatMap((profile) => eras.map((era) => runBoth(corpora, profile, era)))
  return (await Promise.all(runs)).flat()
}

export async function runBoth(corpora: Corpora, profile: Profile, era: Era): Promise<Outcome[]> {
  return [
    ...(await orFailure('tokens', profile, era, () => runTokens(corpora, profile, era))),
    ...(await orFailure('requests', profile, era, () => runRequests(corpora, profile, era))),
  ]
}

async function orFailure(
  corpus: string,
  profile: Profile,
  era: Era,
  run: () => Promise<Outcome[]>,
): Promise<Outcome[]> {
  try {
    return await run()
  } catch (error) {
    const problems = [`the run broke off: ${error instanceof Error ? error.message : String(error)}`]
    return [{ id: 'RUN', group: 'run', name: `${corpus} [${profile}, ${era}]`, problems }]
  }
}
