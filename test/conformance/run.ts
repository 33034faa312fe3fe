import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measure } from '../harness/measure.js'
import { type Program, startProgram } from './program.js'
import { startTokenProxy } from './proxy.js'
import { notScored, readResults, type ScenarioResult } from './results.js'
import { runSuite } from './suite.js'

/** How many scenarios each revision requires of a server: the suite must not come to score fewer unnoticed. */
const REQUIRED: Readonly<Record<string, number>> = { '2026-07-28': 37, '2025-11-25': 30 }

/**
 * Runs the official MCP conformance suite against the real program, through its real guard, with the
 * requirements of both revisions. Ends with 1 unless every scored scenario passes without a warning.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-conformance-'))
  const proxy = await startTokenProxy()
  let program: Program | undefined
  try {
    program = await startProgram(proxy.port)
    proxy.forwardTo(program)
    const url = `http://localhost:${proxy.port}/mcp`
    const failed: string[] = []
    for (const revision of Object.keys(REQUIRED)) {
      if (!(await runRevision(url, revision, join(folder, revision)))) failed.push(revision)
    }
    if (failed.length > 0) process.exitCode = 1
    else
      measure(
        'B7',
        Object.entries(REQUIRED)
          .map(([name, count]) => `${name}: 0 of ${count}`)
          .join(', '),
      )
  } finally {
    await program?.stop()
    await proxy.close()
    rmSync(folder, { recursive: true })
  }
}

async function runRevision(url: string, revision: string, folder: string): Promise<boolean> {
  const { exitCode, output } = await runSuite(url, revision, folder)
  const unscored = notScored(output)
  const results = readResults(folder)
  const scored = results.filter(({ scenario }) => !unscored.has(scenario))
  const broken = scored.filter(({ failed, passed }) => failed > 0 || passed === 0)
  const isComplete = scored.length === REQUIRED[revision]
  const passed = exitCode === 0 && isComplete && broken.length === 0

  print(
    `\nMCP ${revision}: ${scored.length - broken.length} of ${REQUIRED[revision]} required scenarios pass\n`,
  )
  printTable(scored)
  print(
    `\nNot required: ${results
      .filter(({ scenario }) => unscored.has(scenario))
      .map(summary)
      .join(', ')}\n`,
  )
  for (const { scenario, problems } of broken) print(`\n${scenario}\n  ${problems.join('\n  ')}\n`)
  if (!passed && broken.length === 0) print(`\nThe suite ended with ${exitCode}:\n${output}\n`)
  return passed
}

function printTable(results: readonly ScenarioResult[]): void {
  const width = Math.max(...results.map(({ scenario }) => scenario.length))
  print(`${'scenario'.padEnd(width)}  passed  failed\n`)
  for (const { scenario, passed, failed } of results) {
    print(`${scenario.padEnd(width)}  ${String(passed).padStart(6)}  ${String(failed).padStart(6)}\n`)
  }
}

function summary({ scenario, passed, failed }: ScenarioResult): string {
  return `${scenario} ${passed}/${passed + failed}`
}

function print(text: string): void {
  process.stdout.write(text)
}

await main()
