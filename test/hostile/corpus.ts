import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TokenBuild, TokenDefaults } from '../../packages/auth/test/hostile-token.js'
import type { RequestBuild } from './request.js'

export type Profile = 'strict' | 'scalekit-compat'
export type Era = 'modern' | 'legacy'

/** What a case has to lead to; the grammar stands at the head of each corpus. */
export interface Expectation {
  readonly status?: number | number[]
  readonly statuses?: number[]
  readonly challenge_error?: string | null | (string | null)[]
  readonly challenge_scope?: string
  readonly upstream_calls?: number
  readonly upstream_calls_max?: number
  readonly canary_hits?: number
  readonly audit_lines?: number
  readonly log_must_not_contain?: string | string[]
  readonly upstream_must_not_contain?: string | string[]
  readonly jsonrpc_code?: number
  readonly tool_error?: boolean
  readonly header_equals?: Record<string, string>
  readonly header_contains?: Record<string, string>
  readonly header_absent?: string | string[]
  readonly body_contains?: string
  readonly body_not_contains?: string
  readonly max_ms?: number
  readonly max_rss_growth_mb?: number
  readonly closed_within_ms?: number
  readonly other_clients_ok?: boolean
  readonly other_clients_max_ms?: number
  readonly jwks_fetches_max?: number
  readonly cross_talk?: number
  readonly by_profile?: Partial<Record<Profile, Expectation>>
}

interface Case {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly expect: Expectation
}

export interface TokenCase extends Case {
  readonly build: TokenBuild
  readonly present?: { headers?: [string, string][]; query?: string; body?: string }
  readonly pre?: { revoke?: 'self' }
  readonly request?: { tool: string; args: Record<string, unknown> }
}

export interface RequestCase extends Case {
  readonly build: RequestBuild
}

export interface Corpora {
  readonly tokens: { readonly defaults: TokenDefaults; readonly cases: readonly TokenCase[] }
  readonly requests: { readonly cases: readonly RequestCase[] }
}

/** Reads `tokens.json` and `requests.json` from a folder: our own, or another of the same form. */
export function readCorpora(folder = fileURLToPath(new URL('./corpus/', import.meta.url))): Corpora {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  return { tokens: read('tokens.json'), requests: read('requests.json') }
}
