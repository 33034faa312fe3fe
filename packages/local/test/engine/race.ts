import { expect } from 'vitest'
import {
  authorize,
  mcpIssuer,
  pkce,
  postForm,
  REDIRECT_URI,
  register,
  type Tokens,
} from '../oauth/authorization-code.js'

export const RACES = 100

/**
 * Redeems each of many codes at both environments at the same moment: exactly one of two must win, every time.
 * (The one that comes later may still see that it is late; that is a reuse, and takes the winner's tokens with
 * it. So every race starts with a sign-in of its own.) Then each of many refresh tokens: both are answered, and
 * with the one same successor, so that a family never has two that live.
 */
export async function raceRedemptions(urls: [string, string]): Promise<void> {
  const { client_id } = await register(urls[0])
  const winners = { code: [] as number[], refresh: [] as number[], successors: [] as number[] }
  for (let race = 0; race < RACES; race++) {
    winners.code.push((await raceOnce(urls, await codeRedemption(urls[0], client_id))).length)
    const response = await postForm(
      `${mcpIssuer(urls[1])}/oauth/token`,
      await codeRedemption(urls[0], client_id),
    )
    const { refresh_token } = (await response.json()) as Tokens
    const given = await raceOnce(urls, { grant_type: 'refresh_token', refresh_token, client_id })
    winners.refresh.push(given.length)
    winners.successors.push(new Set(given.map((tokens) => tokens.refresh_token)).size)
  }
  const everyTime = (count: number) => Array(RACES).fill(count)
  expect(winners).toEqual({ code: everyTime(1), refresh: everyTime(2), successors: everyTime(1) })
}

/** A token request that redeems a new code. */
async function codeRedemption(url: string, client_id: string): Promise<Record<string, string>> {
  const { verifier, challenge } = pkce()
  const redirect = await authorize({ issuer: mcpIssuer(url), client_id, challenge })
  return {
    grant_type: 'authorization_code',
    code: redirect.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: REDIRECT_URI,
    client_id,
  }
}

/** What those of two requests at the same moment are given that win. */
async function raceOnce(urls: string[], fields: Record<string, string>): Promise<Tokens[]> {
  const answers = await Promise.all(
    urls.map(async (url) => {
      const response = await postForm(`${mcpIssuer(url)}/oauth/token`, fields)
      return { won: response.status === 200, body: (await response.json()) as Tokens }
    }),
  )
  for (const { won, body } of answers) if (!won) expect(body).toMatchObject({ error: 'invalid_grant' })
  return answers.filter(({ won }) => won).map(({ body }) => body)
}
