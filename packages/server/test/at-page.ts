import { expect } from 'vitest'
import { type HandOffPage, HandOffVisitor } from '../../../test/harness/hand-off-page.js'
import type { Answer } from './server-under-test.js'

/** The workspace's administrator, as whom tests call, goes to the page of a call that waits, and confirms it. */
export async function atPage(error: Answer['error'], name?: string): Promise<HandOffPage> {
  expect(error).toMatchObject({ code: 'person_needed' })
  const { handOff } = error as unknown as { handOff: { url: string } }
  const page = await new HandOffVisitor('admin@example.com').open(handOff.url)
  expect(page.status, page.html).toBe(200)
  return page.send('confirm', name ?? page.asksFor)
}
