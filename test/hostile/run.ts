import { type Era, type Profile, readCorpora } from './corpus.js'
import { noteCriteria } from './note-criteria.js'
import { type Outcome, report } from './outcome.js'
import { runRequests } from './requests.js'
import { runTokens } from './tokens.js'

// Sends both corpora to the real server program, in both profiles and both protocol eras. HOSTILE_CORPUS names a folder
// with other corpora of the same form. Ends with 1 where a case fails.

const corpora = readCorpora(process.env.HOSTILE_CORPUS)
const profiles: readonly Profile[] = ['strict', 'scalekit-compat']
const eras: readonly Era[] = ['modern', 'legacy']

const runs = profiles.flatMap((profile) =>
  eras.map(
    async (era): Promise<Outcome[]> => [
      ...(await runTokens(corpora, profile, era)),
      ...(await runRequests(corpora, profile, era)),
    ],
  ),
)
const outcomes = (await Promise.all(runs)).flat()
const { text, failed } = report(outcomes)
if (failed === 0) noteCriteria(corpora, outcomes)
process.stdout.write(text)
process.exitCode = failed > 0 ? 1 : 0
