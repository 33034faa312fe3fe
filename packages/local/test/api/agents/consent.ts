import { Browser } from '../../oauth/browser.js'
import { DEV, type Local } from '../local.js'
import { control } from './control.js'

/** Opens the link of an account and answers at the consent page of the provider. */
export async function consent(link: string, fields: Record<string, string> = {}, browser = new Browser()) {
  const { url, page = '' } = await browser.follow(link)
  const scopes = 'https://www.googleapis.com/auth/gmail.modify'
  const answer = { account: 'ben@gmail.example', answer: 'allow', access: 'offline', scopes, ...fields }
  return browser.submit(url, page, answer)
}

export const VERIFY_URL = 'http://localhost:3999/verify?from=link'

/** Consents where the application verifies users. The link needs a `user_verify_url`. Returns what the application gets. */
export async function consentToVerify(local: Local, link: string): Promise<URL> {
  await control(local, 'PUT', `/user-verification/${DEV}`, { mode: 'custom' })
  return new URL((await consent(link)).url)
}
