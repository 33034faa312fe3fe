import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TokenBuild, TokenDefaults } from '../../packages/auth/test/hostile-token.js'
import type { Expectation } from './checks.js'
import type { RequestBuild, RequestDefaults } from './request.js'

export type Profile = 'strict' | 'scalekit-compat'
export type Era = 'modern' | 'legacy'

/** What every case has. `fails` is in our corpus of the grammar only: the problem that the runner must find. */
export interface Case {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly why?: string
  readonly expect: Expectation & { readonly by_profile?: Partial<Record<Profile, Expectation>> }
  readonly fails?: string
}

/** How the token is presented, and which tool is called with it. */
export interface Presentation {
  readonly headers?: [name: string, value: string][]
  readonly query?: string
  readonly body?: string
}

export interface TokenCase extends Case {
  readonly build: TokenBuild
  readonly present?: Presentation
  readonly pre?: { readonly revoke?: string }
  readonly request?: { readonly tool: string; readonly args: Record<string, unknown> }
}

export interface RequestCase extends Case {
  readonly build: RequestBuild
}

export interface Corpora {
  readonly tokens: {
    readonly defaults: TokenDefaults & Pick<TokenCase, 'present' | 'request'>
    readonly cases: readonly TokenCase[]
  }
  readonly requests: { readonly defaults: RequestDefaults; readonly cases: readonly RequestCase[] }
}

const folder = fileURLToPath(new URL('./corpus/', import.meta.url))

/** Reads `tokens.json` and `requests.json` from a folder: our own, or another of the same form. */
export function readCorpora(from = folder): Corpora {
  return { tokens: readJson(from, 'tokens.json'), requests: readJson(from, 'requests.json') }
}

/** Each name of the grammar in a case that holds and in one that must fail: what the runner itself is tested with. */
export function readGrammarCorpora(): Corpora {
  return readJson(folder, 'grammar.json')
}

function readJson(from: string, name: string) {
  return JSON.parse(readFileSync(join(from, name), 'utf8'))
}
