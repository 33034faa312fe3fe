import type { Request, Response } from 'express'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, page, startApplication } from './application.js'
import { type Environment, startEnvironment } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

const STATE = 'where the person was'

/** What the application shows of a verified address. */
interface Proven {
  readonly email: string
  readonly state: string
}

let environment: Environment
let app: Application
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  browser = await launchChromium()
  addPages()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

/** The application's own pages, as the quickstart builds them. */
function addPages(): void {
  const { passwordless } = environment.sdk
  const failed = (response: Response, error: Error) =>
    response.send(page('Failed', { name: error.constructor.name }))
  const codeForm = (request: string) =>
    `<form action="/verify"><input type="hidden" name="request" value="${request}">` +
    `<label>Code <input name="code"></label><button>Verify</button></form><a href="/resend?request=${request}">Resend</a>`
  const show = async (response: Response, sending: ReturnType<typeof passwordless.sendPasswordlessEmail>) => {
    const sent = await sending.catch((error: Error) => error)
    if (sent instanceof Error) return failed(response, sent)
    const { authRequestId: id, expiresIn, passwordlessType: type } = sent
    return response.send(page('Check your mail', { id, expiresIn, type }) + codeForm(id))
  }
  app.routes.get('/send', async (request: Request, response: Response) => {
    const options = { state: STATE, magiclinkAuthUri: `${app.origin}/verify`, expiresIn: 120 }
    await show(response, passwordless.sendPasswordlessEmail(String(request.query.email), options))
  })
  app.routes.get('/resend', (request: Request, response: Response) =>
    show(response, passwordless.resendPasswordlessEmail(String(request.query.request))),
  )
  app.routes.get('/verify', async (request: Request, response: Response) => {
    const { code, link_token, request: id } = request.query as Record<string, string>
    const credential = link_token === undefined ? { code: code ?? '' } : { linkToken: link_token }
    const proven = await passwordless.verifyPasswordlessEmail(credential, id).catch((error: Error) => error)
    if (proven instanceof Error) return failed(response, proven)
    const { email, state = '' } = proven
    return response.send(page('Welcome', { email, state } satisfies Proven))
  })
}

async function type(person: Visitor, code: string): Promise<void> {
  await person.page.getByLabel('Code').fill(code)
  await person.press('Verify')
}

describe('J19: passwordless sign-in on pages of the application', () => {
  it('proves an address with the code of the e-mail, once, and creates no user', async () => {
    const mia = await Visitor.open(browser)
    await mia.goto(`${app.origin}/send?email=mia@new.example`)
    expect(await mia.arrives('Check your mail')).toMatchObject({ expiresIn: 120 })
    const { code = '' } = await environment.mail('mia@new.example')
    expect(code).toMatch(/^\d{6}$/)
    await type(mia, code)
    expect(await mia.arrives<Proven>('Welcome')).toMatchObject({ email: 'mia@new.example', state: STATE })
    await mia.page.goBack()
    await type(mia, code)
    expect(await mia.arrives('Failed')).toEqual({ name: 'ScalekitBadRequestException' })
    const { users } = await environment.sdk.user.listUsers({ pageSize: 100 })
    expect(users.map(({ email }) => email)).not.toContain('mia@new.example')
    await mia.leave()
  })

  it('proves an address with the link of the e-mail, once', async () => {
    const mia = await Visitor.open(browser)
    await mia.goto(`${app.origin}/send?email=link@new.example`)
    await mia.arrives('Check your mail')
    const { link = '' } = await environment.mail('link@new.example')
    expect(link).toContain(`${app.origin}/verify?link_token=`)
    await mia.goto(link)
    expect(await mia.arrives<Proven>('Welcome')).toMatchObject({ email: 'link@new.example', state: STATE })
    await mia.goto(link)
    await mia.arrives('Failed')
    await mia.leave()
  })

  it('sends a new code, with which the old one is not valid any more', async () => {
    const mia = await Visitor.open(browser)
    await mia.goto(`${app.origin}/send?email=again@new.example`)
    const first = await mia.arrives<{ id: string }>('Check your mail')
    const { code: old = '' } = await environment.mail('again@new.example')
    await mia.press('Resend')
    await mia.page.waitForURL(/\/resend/)
    const second = await mia.arrives<{ id: string }>('Check your mail')
    const { code = '' } = await environment.mail('again@new.example')
    await mia.goto(`${app.origin}/verify?request=${first.id}&code=${old}`)
    await mia.arrives('Failed')
    await mia.goto(`${app.origin}/verify?request=${second.id}&code=${code}`)
    expect(await mia.arrives<Proven>('Welcome')).toMatchObject({ email: 'again@new.example' })
    await mia.leave()
  })

  it('sends two e-mails per minute to an address, then answers 429', async () => {
    const mia = await Visitor.open(browser)
    const send = () => mia.goto(`${app.origin}/send?email=eager@new.example`)
    await send()
    await mia.arrives('Check your mail')
    await mia.press('Resend')
    await mia.page.waitForURL(/\/resend/)
    await mia.arrives('Check your mail')
    await send()
    expect(await mia.arrives('Failed')).toEqual({ name: 'ScalekitTooManyRequestsException' })
    await mia.goto(`${app.origin}/send?email=another@new.example`)
    await mia.arrives('Check your mail')
    await environment.later(61, async () => {
      await send()
      await mia.arrives('Check your mail')
    })
    await mia.leave()
  })

  it('answers 429 after five wrong codes, also to the right one', async () => {
    const mia = await Visitor.open(browser)
    await mia.goto(`${app.origin}/send?email=guess@new.example`)
    const { id } = await mia.arrives<{ id: string }>('Check your mail')
    const { code = '' } = await environment.mail('guess@new.example')
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const verify = (given: string) => mia.goto(`${app.origin}/verify?request=${id}&code=${given}`)
    for (let guess = 0; guess < 5; guess++) {
      await verify(wrong)
      expect(await mia.arrives('Failed')).toEqual({ name: 'ScalekitBadRequestException' })
    }
    await verify(code)
    expect(await mia.arrives('Failed')).toEqual({ name: 'ScalekitTooManyRequestsException' })
    await mia.leave()
  })

  it('refuses a code after the time that the application chose', async () => {
    const mia = await Visitor.open(browser)
    await mia.goto(`${app.origin}/send?email=late@new.example`)
    await mia.arrives('Check your mail')
    const { code = '' } = await environment.mail('late@new.example')
    await environment.later(121, async () => {
      await type(mia, code)
      expect(await mia.arrives('Failed')).toEqual({ name: 'ScalekitBadRequestException' })
    })
    await mia.leave()
  })
})
