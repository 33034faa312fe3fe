import { ecKey, mint, rsaKey } from '../../packages/auth/test/authority.js'
import { UnknownName } from '../../packages/auth/test/hostile-unknown-name.js'
import type { Names } from '../../packages/auth/test/hostile-values.js'
import { type RawResponse, sendRaw } from '../../packages/auth/test/raw-http.js'
import { messageOf } from './message.js'
import { buildRequest, type RequestBuild, type RequestContext, toolCall } from './request.js'
import type { PlayedScalekit } from './scalekit.js'
import type { ServerUnderTest } from './server.js'

/** The scopes of a request case by its `auth`; undefined is no token. */
export const auths: Readonly<Record<string, string | undefined>> = {
  read: 'env:read org:read',
  full: 'env:read env:write org:read org:write wks:read wks:write',
  'zero-scope': '',
  none: undefined,
}

/** A token of the played authorization server that this server accepts. */
export function goodToken(
  scalekit: PlayedScalekit,
  { resource }: ServerUnderTest,
  claims: Record<string, unknown> = {},
): string {
  return mint(rsaKey, { iss: scalekit.url, aud: resource, scope: auths.read, ...claims })
}

/** The scopes of an `auth`. @throws UnknownName */
export function scopesOf(auth = 'read'): string | undefined {
  if (!Object.hasOwn(auths, auth)) throw new UnknownName('auth', auth)
  return auths[auth]
}

/** What the `{{names}}` of both corpora stand for. */
export function namesFor(scalekit: PlayedScalekit, server: ServerUnderTest, token?: string): Names {
  return {
    host: server.host,
    port: String(server.port),
    aud: server.resource,
    iss: scalekit.url,
    upstream: scalekit.url,
    canary: scalekit.canaryUrl,
    kid: rsaKey.kid,
    kid_es: ecKey.kid,
    valid_token: goodToken(scalekit, server),
    ...(token === undefined ? {} : { token }),
  }
}

export function send(
  server: ServerUnderTest,
  build: RequestBuild,
  context: RequestContext,
): Promise<RawResponse> {
  return sendRaw(server.port, buildRequest(build, context))
}

/** A good call of a good caller: whether it was answered, with whose data, and how fast. */
export async function controlCall(
  scalekit: PlayedScalekit,
  server: ServerUnderTest,
  subject = 'usr_control',
) {
  const started = performance.now()
  const names = namesFor(scalekit, server, goodToken(scalekit, server, { sub: subject }))
  const response = await send(server, toolCall('list_environments', {}, 7), { names })
  const { id, result } = messageOf(response) ?? {}
  const text = JSON.stringify(result ?? {})
  return {
    ok: response.status === 200 && id === 7 && text.includes(`of ${subject}`),
    status: response.status,
    text,
    milliseconds: performance.now() - started,
  }
}
