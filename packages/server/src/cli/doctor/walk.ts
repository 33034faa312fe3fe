import type { Answer } from './ask.js'

/** What the steps have found so far. */
export interface Walk {
  readonly url: string
  /** The Scalekit environment or workspace that the environment variables name. */
  readonly scalekit?: string
  token?: string
  /** The answer to a request without a token. */
  first?: Answer
  challenge?: Challenge
  resource?: Readonly<Record<string, unknown>>
  authorizationServer?: string
  issuer?: Readonly<Record<string, unknown>>
  /** The token is valid, but its user does not administer the environment. */
  refusedPerson?: true
}

export interface Challenge {
  readonly resourceMetadata?: string
  readonly scopes: readonly string[]
}

/** The strings in a member that should be a list of strings. */
export function listOf(document: Readonly<Record<string, unknown>> | undefined, member: string): string[] {
  const value = document?.[member]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** The resource of a URL. The query restricts a connection and is not part of it. */
export function resourceOf(url: string): string {
  return url.split('?')[0] ?? url
}

/** A program on this machine may be reached without TLS. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname)
}
