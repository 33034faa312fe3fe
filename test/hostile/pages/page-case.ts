import { fill, type Names } from '../../../packages/auth/test/hostile-values.js'
import type { Expectation } from '../checks.js'
import type { Case } from '../corpus.js'
import { buildRequest, type RequestBuild } from '../request.js'

/** Whose browser sends the request. `twin` is another browser of the owner; `narrow` was signed in with few scopes. */
export type BrowserName = 'owner' | 'twin' | 'narrow' | 'other' | 'nobody'

/** As in the corpus of requests, with a browser and the changes to what its form has. */
export interface PageBuild
  extends Pick<
    RequestBuild,
    | 'method'
    | 'path'
    | 'headers'
    | 'raw_headers'
    | 'many_headers'
    | 'body_text'
    | 'body_hex'
    | 'body_gen'
    | 'encode'
    | 'chunked'
    | 'declared_length'
    | 'raw'
  > {
  readonly browser?: BrowserName
  readonly form?: Readonly<Record<string, string | null>>
}

/** What happens before: a sign-in is begun, and who signs in; or the page is used. */
export interface PagePreparation {
  readonly begin?: boolean
  readonly authorize?: 'owner' | 'other'
  /** Whose code another browser got, as `stray_code`. */
  readonly stray?: 'owner' | 'other'
  readonly send?: 'confirm' | 'decline'
  /** The same request was sent before. */
  readonly sent?: boolean
}

/** What became of the call that waits at the page. */
export type Effect = 'none' | 'done' | 'declined'

export type PageExpectation = Pick<
  Expectation,
  | 'status'
  | 'header_equals'
  | 'header_contains'
  | 'header_absent'
  | 'headers_not_contain'
  | 'body_contains'
  | 'body_not_contains'
  | 'log_must_not_contain'
> & {
  /** `none` where the case does not say. */
  readonly effect?: Effect
  /** Whether the answer begins a session. False where the case does not say. */
  readonly signs_in?: boolean
}

export interface PageCase extends Omit<Case, 'expect'> {
  readonly build: PageBuild
  readonly pre?: PagePreparation
  readonly expect: PageExpectation
}

export interface PageCorpus {
  readonly cases: readonly PageCase[]
}

const DEFAULTS = { method: 'GET', path: '/hand-off/{{id}}', headers: {}, meta: {} }

/** The bytes of a request as a browser sends it, but for what the case changes. */
export function buildPageRequest({ browser = 'owner', form, ...build }: PageBuild, names: Names): Buffer {
  const method = build.method ?? (form ? 'POST' : 'GET')
  const sends = form !== undefined || method === 'POST'
  const headers = {
    accept: 'text/html',
    ...(browser === 'nobody' ? {} : { cookie: `{{${browser}_cookie}}` }),
    ...(sends ? { 'content-type': 'application/x-www-form-urlencoded', origin: '{{origin}}' } : {}),
    ...build.headers,
  }
  const hasBody = [build.body_text, build.body_hex, build.body_gen].some((body) => body !== undefined)
  const body = hasBody ? {} : { body_text: sends ? formText(form, names) : '' }
  return buildRequest({ ...build, ...body, method, headers }, { names, defaults: DEFAULTS })
}

/** What the exact bytes of a case are built with: the form, and the whole request that confirms the call. */
export function wholeRequestNames(names: Names): Names {
  const form = formText({}, names)
  const request = buildPageRequest({ form: {} }, names).toString('latin1')
  return {
    form,
    form_length: String(form.length),
    form_length_hex: form.length.toString(16),
    confirming: request,
    confirming_length: String(request.length),
    confirming_length_hex: request.length.toString(16),
  }
}

/** The form of the owner's page, confirmed, with changes. */
function formText(changes: PageBuild['form'] = {}, names: Names): string {
  const page = { token: '{{token_of_form}}', digest: '{{digest}}', name: '{{target}}', decision: 'confirm' }
  const fields = Object.entries({ ...page, ...changes }).flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, fill(value, names)]],
  )
  return String(new URLSearchParams(fields))
}
