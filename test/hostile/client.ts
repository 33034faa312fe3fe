import { mint, rsaKey } from '../../packages/auth/test/authority.js'
import { type RawResponse, sendRaw } from '../../packages/auth/test/raw-http.js'
import type { Era } from './corpus.js'
import { buildRequest, type RequestBuild, toolCall } from './request.js'
import type { PlayedScalekit } from './scalekit.js'
import type { ServerUnderTest } from './server.js'
import { messageOf } from './verdict.js'

const SCOPES = {
  read: 'env:read org:read',
  full: 'env:read env:write org:read org:write wks:read wks:write',
  'zero-scope': null,
}

/** A token of the played authorization server, good for this server. */
export function goodToken(
  scalekit: PlayedScalekit,
  { resource }: ServerUnderTest,
  claims: Record<string, unknown> = {},
): string {
  return mint(rsaKey, { iss: scalekit.url, aud: resource, scope: SCOPES.read, ...claims })
}

/** The token of a request case, by its kind. */
export function tokenFor(
  kind: RequestBuild['auth'] = 'read',
  scalekit: PlayedScalekit,
  server: ServerUnderTest,
): string | undefined {
  return kind === 'none' ? undefined : goodToken(scalekit, server, { scope: SCOPES[kind] })
}

export function send(
  server: ServerUnderTest,
  build: RequestBuild,
  token: string | undefined,
  era?: Era,
): Promise<RawResponse> {
  return sendRaw(server.port, buildRequest(build, { host: server.host, token }, era))
}

/** A good call of a good caller: whether it was answered, with whose data, and how fast. */
export async function controlCall(
  scalekit: PlayedScalekit,
  server: ServerUnderTest,
  subject = 'usr_control',
) {
  const started = performance.now()
  const token = goodToken(scalekit, server, { sub: subject })
  const response = await send(server, toolCall('list_environments', {}, 7), token)
  const { id, result } = messageOf(response) ?? {}
  const text = JSON.stringify(result ?? {})
  return {
    ok: response.status === 200 && id === 7 && text.includes(`of ${subject}`),
    status: response.status,
    text,
    milliseconds: performance.now() - started,
  }
}
