import { type Request, type Response, Router, urlencoded } from 'express'
import { WORKSPACE } from '../domain/environments/realm.js'
import type { SentMessage } from '../domain/events/outbox.js'
import type { Store } from '../domain/store.js'
import {
  endToken,
  findAccessToken,
  type HeldToken,
  listAccessTokens,
  listApiTokens,
  listRefreshTokens,
  listSessions,
  type TokenKind,
} from '../domain/tokens/held-tokens.js'
import { findPerson } from '../domain/users/people.js'
import { refuseForm } from '../http/page/refuse-form.js'
import { sendPage } from '../http/page/send-page.js'
import { type OwnAddress, replayRequest } from '../http/replay-request.js'
import type { RequestContents, RequestLog } from '../http/request-log.js'
import { type DecodedMessage, showBody } from '../http/shown-body.js'
import { type MovableClock, secondsAhead } from '../storage/clock.js'
import { LocalError } from '../storage/local-error.js'
import { formToken, isOurForm } from './dashboard-form.js'
import type { DashboardFrame } from './dashboard-page.js'
import { OutboxPage } from './outbox-page.js'
import { ResetPage } from './overview-page.js'
import { PAGE_SIZE, readPageNumber } from './pager.js'
import { fits, RequestFilter } from './request-filter.js'
import { LIVE_PATH, SCRIPT, SCRIPT_PATH } from './request-log-script.js'
import { RequestPage, RequestsPage } from './requests-page.js'
import { faultOf, type ShownFault, TestingPage } from './testing-page.js'
import { type ShownToken, TokenPage, TokensPage } from './tokens-page.js'

/** What is to go wrong. */
export interface FaultBox {
  list(): readonly ShownFault[]
  /** @throws {LocalError} `request_invalid` */
  add(fault: unknown): void
  remove(id: string): boolean
}

/** The message in a body of a gRPC or Connect call. */
export type DecodeMessage = (
  bytes: Buffer,
  path: string,
  contentType: string,
  direction: 'input' | 'output',
) => Promise<DecodedMessage | undefined>

export interface Activity {
  context: Store
  clock: MovableClock
  faults: FaultBox
  log: RequestLog
  /** Reads messages of the API. */
  decode: DecodeMessage
  /** Where a request is sent again. */
  address: OwnAddress
  reset(): Promise<void>
  frame(request: Request, title: string): Promise<DashboardFrame>
}

const KINDS: readonly TokenKind[] = ['access', 'refresh', 'session', 'api']

/** What happens here: tokens, requests, messages; the clock and what is to go wrong; and back to the seed. */
export function activityRoutes({
  context,
  clock,
  faults,
  log,
  decode,
  address,
  reset,
  frame,
}: Activity): Router {
  const { database, outbox, webhooks } = context
  const router = Router()
  const form = urlencoded({ extended: false, limit: '8kb' })

  router.get('/dashboard/tokens', async (request, response) => {
    const page = readPageNumber(request.query.page)
    const view = await frame(request, 'Tokens')
    const realms = [WORKSPACE, ...view.environments.map(({ id }) => id)]
    const { tokens, total } = await listAccessTokens(context, {
      skip: (page - 1) * PAGE_SIZE,
      limit: PAGE_SIZE,
    })
    const [access, refresh, sessions, api] = await Promise.all(
      [
        tokens,
        await listRefreshTokens(context),
        await listSessions(context, realms),
        await listApiTokens(context),
      ].map((list) => Promise.all(list.map(withPerson))),
    )
    const lists = { access: access ?? [], refresh: refresh ?? [], sessions: sessions ?? [], api: api ?? [] }
    sendPage(
      response,
      <TokensPage {...{ ...view, ...lists, page, total }} csrf={formToken(request, response)} />,
      { script: true },
    )
  })

  router.post('/dashboard/tokens', form, async (request, response) => {
    if (!isOurForm(request)) return refuseForm(response)
    await revoke(request.body)
    response.redirect(303, '/dashboard/tokens')
  })

  router.get('/dashboard/tokens/:id', async (request, response, next) => {
    const token = await findAccessToken(context, request.params.id)
    if (token === undefined) return next()
    const view = { ...(await frame(request, `Token ${token.id}`)), token: await withPerson(token) }
    sendPage(response, <TokenPage {...view} csrf={formToken(request, response)} />, { script: true })
  })

  router.post('/dashboard/tokens/:id', form, async (request, response) => {
    if (!isOurForm(request)) return refuseForm(response)
    await revoke(request.body)
    response.redirect(303, `/dashboard/tokens/${encodeURIComponent(String(request.params.id))}`)
  })

  async function revoke({ kind, id, realm }: Record<string, unknown>): Promise<void> {
    const known = KINDS.find((one) => one === kind)
    if (known) await endToken(context, { kind: known, id: String(id), realm: String(realm) })
  }

  async function withPerson(token: HeldToken): Promise<ShownToken> {
    const realm = token.realm.split('/', 1)[0] ?? ''
    const person = token.subject === undefined ? undefined : await findPerson(database, realm, token.subject)
    return { ...token, email: person?.email }
  }

  router.get('/dashboard/requests', async (request, response) => {
    const filter = RequestFilter.parse(request.query)
    const requests = log
      .list()
      .filter((entry) => fits(filter, entry))
      .toReversed()
    const view = { ...(await frame(request, 'Requests')), requests, filter }
    const page = readPageNumber(request.query.page)
    sendPage(response, <RequestsPage {...view} page={page} />, { script: true })
  })

  router.get(LIVE_PATH, (_request, response) => {
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.set('X-Content-Type-Options', 'nosniff').flushHeaders()
    const stop = log.watch((entry) => response.write(`data: ${JSON.stringify(entry)}\n\n`))
    response.on('close', stop)
  })

  router.get(SCRIPT_PATH, (_request, response) => {
    response.type('js').set('X-Content-Type-Options', 'nosniff').send(SCRIPT)
  })

  router.get('/dashboard/requests/:id', (request, response, next) => showRequest(request, response, next))

  router.post('/dashboard/requests/:id', form, async (request, response, next) => {
    if (!isOurForm(request)) return refuseForm(response)
    const found = log.find(String(request.params.id))
    if (found?.contents === undefined || !found.contents.body.isWhole) return next()
    const again = await replayRequest(log, address, found.entry, found.contents).catch(
      (error: Error) => error,
    )
    if (again instanceof Error)
      return showRequest(request, response, next, 'No answer came. Is the clock or a fault in the way?')
    response.redirect(303, `/dashboard/requests/${again.id}`)
  })

  async function showRequest(request: Request, response: Response, next: () => void, problem?: string) {
    const found = log.find(String(request.params.id))
    if (found === undefined) return next()
    const { method, path } = found.entry
    const name = path.split('/').at(-1)
    const csrf = formToken(request, response)
    const view = { ...(await frame(request, `${method} ${name}`)), ...found, csrf, problem }
    sendPage(response, <RequestPage {...{ ...view, ...(await bodiesOf(found.contents)) }} />, {
      script: true,
    })
  }

  async function bodiesOf(contents: RequestContents | undefined) {
    if (contents === undefined) return { body: undefined, answer: undefined }
    const [path = ''] = contents.url.split('?', 1)
    const sent = contents.headers['content-type'] ?? ''
    const answered = String(contents.answerHeaders['content-type'] ?? sent)
    const message = (bytes: Buffer, type: string, direction: 'input' | 'output') =>
      decode(bytes, path, type, direction)
    return {
      body: showBody(contents.body, sent, await message(contents.body.bytes, sent, 'input')),
      answer: showBody(contents.answer, answered, await message(contents.answer.bytes, answered, 'output')),
    }
  }

  router.get('/dashboard/outbox', async (request, response) => {
    const { kind: asked } = request.query
    const kind: '' | SentMessage['kind'] = asked === 'email' || asked === 'webhook' ? asked : ''
    const messages = (await outbox.list())
      .filter((message) => kind === '' || message.kind === kind)
      .toReversed()
    const view = {
      ...(await frame(request, 'Outbox')),
      messages,
      kind,
      page: readPageNumber(request.query.page),
    }
    const sent = { deliveries: webhooks.deliveries(), endpoints: await webhooks.endpoints() }
    sendPage(response, <OutboxPage {...{ ...view, ...sent }} csrf={formToken(request, response)} />, {
      script: true,
    })
  })

  router.post('/dashboard/outbox', form, async (request, response) => {
    if (!isOurForm(request)) return refuseForm(response)
    const { action, event } = request.body
    if (action === 'clear') await outbox.clear()
    if (action === 'resend') await webhooks.replay(String(event))
    response.redirect(303, '/dashboard/outbox')
  })

  router.get('/dashboard/testing', (request, response) => showTesting(request, response))

  router.post('/dashboard/testing', form, async (request, response) => {
    if (!isOurForm(request)) return refuseForm(response)
    try {
      change(request.body)
    } catch (error) {
      if (!(error instanceof LocalError)) throw error
      return showTesting(request, response, { problem: error.message, typed: request.body })
    }
    response.redirect(303, '/dashboard/testing')
  })

  async function showTesting(
    request: Request,
    response: Response,
    refused?: { problem: string; typed: Record<string, string> },
  ) {
    const csrf = formToken(request, response)
    const view = {
      ...(await frame(request, 'Clock and faults')),
      ...{ isMoved: secondsAhead(clock) !== 0, faults: faults.list(), csrf },
    }
    sendPage(response, <TestingPage {...{ ...view, ...refused }} />, {
      script: true,
      status: refused === undefined ? 200 : 422,
    })
  }

  /** @throws {LocalError} `request_invalid` */
  function change({ action, seconds = '', time = '', id = '', ...fault }: Record<string, string>): void {
    if (action === 'advance' && /^\d{1,8}$/.test(seconds)) clock.advance(Number(seconds) * 1000)
    if (action === 'set') clock.set(readTime(time))
    if (action === 'restore') clock.restore()
    if (action === 'add-fault') faults.add(faultOf(fault))
    if (action === 'remove-fault') faults.remove(id)
  }

  router.get('/dashboard/reset', async (request, response) => {
    sendPage(response, <ResetPage {...(await frame(request, 'Reset'))} csrf={formToken(request, response)} />)
  })

  router.post('/dashboard/reset', form, async (request, response) => {
    if (!isOurForm(request)) return refuseForm(response)
    await reset()
    response.redirect(303, '/')
  })
  return router
}

/** What a browser sends for a date and time: in UTC, as the form says. */
function readTime(text: string): number {
  const time = Date.parse(`${text}Z`)
  if (Number.isNaN(time))
    throw new LocalError('request_invalid', `${text || 'Nothing'} is not a date and time.`)
  return time
}
