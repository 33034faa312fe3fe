import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Status = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'

interface Check {
  readonly id: string
  readonly status: Status
  readonly errorMessage?: string
}

export interface ScenarioResult {
  readonly scenario: string
  readonly passed: number
  readonly failed: number
  /** What was not fulfilled; a recommendation that was not followed counts as well. */
  readonly problems: readonly string[]
}

/** Reads what the suite wrote: one folder per scenario, `server-<scenario>-<time>/checks.json`. */
export function readResults(folder: string): ScenarioResult[] {
  return readdirSync(folder).flatMap((name) => {
    const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T/.exec(name)?.[1]
    if (scenario === undefined) return []
    const checks: Check[] = JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8'))
    const broken = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    return {
      scenario,
      passed: checks.filter(({ status }) => status === 'SUCCESS').length,
      failed: broken.length,
      problems: broken.map(({ id, status, errorMessage }) => `${status} ${id}: ${errorMessage ?? ''}`),
    }
  })
}

/** The scenarios that the suite ran beyond the requirements: its summary lists them at its end, with a reason. */
export function notScored(output: string): Set<string> {
  const [, list = ''] = output.split('Not scored for')
  return new Set([...list.matchAll(/^\s*\S\s+([\w-]+) \([\w-]+\)$/gm)].map(([, scenario = '']) => scenario))
}
