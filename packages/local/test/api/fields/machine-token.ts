import { claimsOf, postForm, type Tokens } from '../../oauth/authorization-code.js'
import { DEV, type Local } from '../local.js'

export async function machineToken(local: Local, issuer: string, client_id: string, client_secret: string) {
  const fields = { grant_type: 'client_credentials', client_id, client_secret }
  const answer = await postForm(`${local.url}/${issuer}/oauth/token`, fields)
  const { access_token, expires_in, scope = '' } = (await answer.json()) as Tokens
  const { aud, tier } = claimsOf(access_token)
  return { expires_in, scope, aud: [aud].flat(), tier }
}

export async function metadataOf(local: Local, id: string): Promise<Record<string, unknown>> {
  const path = `/.well-known/oauth-authorization-server/${DEV}/resources/${id}`
  return (await local.rest('GET', path)).body
}
