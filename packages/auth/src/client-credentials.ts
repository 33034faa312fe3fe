import { Secret } from './secret.js'

/** This server as a client of its authorization server. */
export interface ClientCredentials {
  readonly clientId: string
  /** A string is kept as a `Secret`, so that it reaches no log. */
  readonly clientSecret: string | Secret
}

/** Returns the headers of a form that the client sends, authenticated as in RFC 6749 section 2.3.1. */
export type FormHeaders = () => Record<string, string>

/** Keeps the credentials of a client, and creates the headers from them for each request. */
export function createFormHeaders({ clientId, clientSecret }: ClientCredentials): FormHeaders {
  const secret = typeof clientSecret === 'string' ? new Secret(clientSecret) : clientSecret
  return () => {
    const credentials = [clientId, secret.reveal()].map(formEncode).join(':')
    return {
      authorization: `Basic ${btoa(credentials)}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    }
  }
}

function formEncode(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2)
}
