import { fill, type Names, resolve } from '../../packages/auth/test/hostile-values.js'
import type { Corpora, Era, Presentation, TokenCase } from './corpus.js'
import type { Json } from './message.js'
import { buildRequest, type RequestBuild, toolCall } from './request.js'
import { claimsOf } from './scalekit.js'

const BEARER: Presentation = { headers: [['authorization', 'Bearer {{token}}']] }

/** The request of a token case: its own headers replace those of the same name, its own body that of the call. */
export function tokenRequest(
  { request, present }: TokenCase,
  defaults: Corpora['tokens']['defaults'],
  names: Names,
  era: Era,
): Buffer {
  const { tool, args } = request ?? defaults.request ?? { tool: 'list_environments', args: {} }
  const { headers = [], query, body } = present ?? defaults.present ?? BEARER
  const build: RequestBuild = {
    ...(body === undefined ? toolCall(tool, resolve(args, names) as Json) : { body_text: fill(body, names) }),
    path: query === undefined ? '/mcp' : `/mcp?${fill(query, names)}`,
    headers: Object.fromEntries(headers.map(([name]) => [name, null])),
    tail_headers: headers.map(([name, value]) => [name, fill(value, names)]),
  }
  const { token: _presented, ...others } = names
  return buildRequest(build, { names: others, era })
}

/** The scopes that a token claims, whether they exist or not. */
export function claimedScopes(token: string): string[] {
  const { scope, scopes } = claimsOf(token)
  return [typeof scope === 'string' ? scope.split(' ') : [], Array.isArray(scopes) ? scopes : []].flat()
}
