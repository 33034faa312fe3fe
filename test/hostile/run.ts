import { readCorpora, readGrammarCorpora } from './corpus.js'
import { grammarOutcomes } from './grammar-report.js'
import { noteCriteria } from './note-criteria.js'
import { report } from './outcome.js'
import { readPages, runPages } from './pages/run-pages.js'
import { runAll, runBoth } from './run-all.js'

// Sends both corpora to the real server program, in both profiles and both protocol eras, the pages of hand-offs their own, and
// the corpus that tests the runner itself. HOSTILE_CORPUS names a folder with other corpora of the same form. Ends with 1 where a case fails.

const other = process.env.HOSTILE_CORPUS
const corpora = readCorpora(other)
const grammar = readGrammarCorpora()

const [outcomes, pages, own] = await Promise.all([
  runAll(corpora),
  other === undefined ? runPages(readPages()) : [],
  other === undefined ? runBoth(grammar, 'strict', 'modern') : [],
])
const { text, failed } = report([...outcomes, ...pages, ...grammarOutcomes(grammar, own)])
if (failed === 0) noteCriteria(corpora, outcomes)
process.stdout.write(text)
process.exitCode = failed > 0 ? 1 : 0
