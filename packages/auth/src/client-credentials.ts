import type { Secret } from './secret.js'

/** This server as a client of its authorization server. */
export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: Secret
}

/** The headers of a form that the client sends, authenticated as in RFC 6749 section 2.3.1. */
export function formHeaders({ clientId, clientSecret }: ClientCredentials): Record<string, string> {
  const credentials = [clientId, clientSecret.reveal()].map(formEncode).join(':')
  return {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
}

function formEncode(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2)
}
