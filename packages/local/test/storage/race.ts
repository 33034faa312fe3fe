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

/**
 * Redeems each of many codes at both environments at the same moment, and each of many refresh tokens. Exactly
 * one of two must win, every time. (A code that is redeemed again takes the winner's tokens with it, so every race
 * starts with a sign-in of its own.)
 */
export async function raceRedemptions(urls: [string, string], races: number): Promise<void> {
  const { client_id } = await register(urls[0])
  const winners = { code: [] as number[], refresh: [] as number[] }
  for (let race = 0; race < races; race++) {
    winners.code.push(await raceOnce(urls, await codeRedemption(urls[0], client_id)))
    const response = await postForm(
      `${mcpIssuer(urls[1])}/oauth/token`,
      await codeRedemption(urls[0], client_id),
    )
    const { refresh_token } = (await response.json()) as Tokens
    winners.refresh.push(await raceOnce(urls, { grant_type: 'refresh_token', refresh_token, client_id }))
  }
  const everyTime = Array(races).fill(1)
  expect(winners).toEqual({ code: everyTime, refresh: everyTime })
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

/** How many of two requests at the same moment win. */
async function raceOnce(urls: string[], fields: Record<string, string>): Promise<number> {
  const answers = await Promise.all(
    urls.map(async (url) => {
      const response = await postForm(`${mcpIssuer(url)}/oauth/token`, fields)
      return { won: response.status === 200, body: await response.json() }
    }),
  )
  for (const { won, body } of answers) if (!won) expect(body).toMatchObject({ error: 'invalid_grant' })
  return answers.filter(({ won }) => won).length
}
