import { spawn } from 'node:child_process'

/** The suite needs Node 22 or later; this one comes from npm, so that the project's own Node may be 20. */
const PACKAGES = ['node@22', '@modelcontextprotocol/conformance@0.2.0-alpha.12']

export interface SuiteRun {
  readonly exitCode: number | null
  readonly output: string
}

/** Runs the official suite with the requirements of one revision of MCP, and writes its results to a folder. */
export function runSuite(url: string, revision: string, folder: string): Promise<SuiteRun> {
  const suite = ['conformance', 'server', '--url', url, '--requirements', revision, '-o', folder]
  const child = spawn('npx', ['-y', ...PACKAGES.flatMap((name) => ['-p', name]), ...suite])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, output }))
  })
}
