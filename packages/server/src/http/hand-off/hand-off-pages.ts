import type { IncomingMessage } from 'node:http'
import { AuthError, type Caller } from '@scalekit-mcp/auth'
import { createHostMatch, type NodeProtection, pathOf, sendJson } from '@scalekit-mcp/auth/server'
import { decide, selectionOf } from '../../call/access.js'
import { NotAnAdministrator, type RequireAdministrator } from '../../call/administrators.js'
import type { Principal } from '../../call/call-tool.js'
import { digestOf } from '../../call/digest.js'
import { displayText } from '../../call/interaction/display-text.js'
import { isSameOwner, ownerOf } from '../../call/interaction/hand-offs.js'
import type { HandOff } from '../../call/interaction/interaction.js'
import type { McpOptions } from '../../mcp/sdk-server.js'
import type { KeyValue } from '../../shared/key-value.js'
import type { ToolDefinition } from '../../tool.js'
import type { Exchange } from '../exchange.js'
import { hostOf } from '../landing.js'
import { type BrowserSession, createBrowserSessions } from './browser-session.js'
import { type Decisions, decideHandOff, showHandOff, type Visit } from './decide.js'
import { messagePage, type Page, sendPage } from './page.js'
import { CALLBACK_PATH, CLIENT_DOCUMENT_PATH, type SignIn, SignInRefused } from './sign-in.js'

export const HAND_OFF_PATH = '/hand-off/'
const PAGE = /^\/hand-off\/([\w-]{43})$/

export interface HandOffPagesOptions {
  readonly mcp: McpOptions
  readonly resource: string
  /** The names under which this server may be reached. */
  readonly hosts: readonly string[]
  readonly kept: KeyValue
  /** How long a person is signed in to the pages. */
  readonly sessionMs: number
  readonly signIn: SignIn
  readonly protection: NodeProtection
  /** In environment mode. In workspace mode Scalekit decides. */
  readonly requireAdministrator: RequireAdministrator | undefined
}

/** Serves the pages of hand-offs. False: the request is for something else. */
export type HandOffPages = (exchange: Exchange) => Promise<boolean>

/**
 * The pages where a person decides about a call, or gets what only a person may see. The person signs in at the authorization
 * server of this server, and has to be the one whose client made the call: the link alone opens nothing.
 */
export function createHandOffPages(options: HandOffPagesOptions): HandOffPages {
  const { mcp, resource, signIn, kept } = options
  const { origin, protocol } = new URL(resource)
  const sessions = createBrowserSessions(kept, protocol === 'https:', options.sessionMs)
  const byName = new Map(mcp.tools.map((tool) => [tool.name, tool]))
  const decisions: Decisions = new Map()
  const isOurHost = createHostMatch(resource, options.hosts)

  return async (exchange) => {
    const { req, res } = exchange
    const path = pathOf(req.url)
    if (!path.startsWith(HAND_OFF_PATH) || !isOurHost(hostOf(req))) return false
    const isRead = req.method === 'GET' || req.method === 'HEAD'
    if (isRead && path === CLIENT_DOCUMENT_PATH) sendJson(res, 200, signIn.clientDocument)
    else if (req.method === 'GET' && path === CALLBACK_PATH) await finishSignIn(exchange)
    else {
      const [, id] = PAGE.exec(path) ?? []
      if (id === undefined || !(isRead || req.method === 'POST')) return false
      const page = await open(exchange, id).catch((cause: unknown) => {
        exchange.refused({ code: 'temporarily_unavailable', cause })
        return unavailablePage
      })
      if (page) sendPage(res, page)
    }
    return true
  }

  /** @returns undefined where the answer was sent: the browser goes to sign in */
  async function open(exchange: Exchange, id: string): Promise<Page | undefined> {
    const { req, res, requestId } = exchange
    const handOff = await mcp.handOffs.get(id)
    const tool = handOff && byName.get(handOff.tool)
    if (!handOff || !tool) return unknownPage
    const posts = req.method === 'POST'
    if (posts && !isSameOrigin(req, origin)) return refusedPage(exchange, 'cross_origin')
    const session = await sessions.get(req)
    const wantsAnother = !posts && new URL(req.url ?? '', origin).searchParams.has('again')
    if (!session || wantsAnother) return toSignIn(exchange, handOff, tool, wantsAnother)
    const visitor = await identify(exchange, session, handOff, tool)
    if (visitor === 'sign-in') return toSignIn(exchange, handOff, tool, false, session.scopes)
    if ('title' in visitor) return visitor
    // A page calls the API, as a request of the caller does.
    if (await options.protection.charge({ req, res, caller: visitor }, 1)) return undefined
    const visit: Visit = {
      handOff,
      tool,
      principal: principalOf(exchange, visitor, handOff),
      signedInAs: nameOf(visitor),
      formToken: session.formToken,
      requestId,
      signOut: () => sessions.end(req),
      decisions,
    }
    return posts ? decideHandOff(mcp, visit, req, res) : showHandOff(mcp, visit)
  }

  /**
   * Who is at the browser: the same three questions as about every request, and whether it is the person whose client made the
   * call.
   */
  async function identify(
    exchange: Exchange,
    { token, scopes: askedFor }: BrowserSession,
    { owner, selection }: HandOff,
    tool: ToolDefinition,
  ): Promise<Caller | Page | 'sign-in'> {
    const { verifier } = options.protection
    const caller = await verifier.verify(token.reveal()).catch((error: unknown) => {
      if (error instanceof AuthError && error.code === 'invalid_token') return undefined
      throw error
    })
    if (!caller) return 'sign-in'
    exchange.caller = caller
    if (caller.revocation === 'unknown') return unavailablePage
    if (!isSameOwner(ownerOf(caller), owner)) {
      exchange.refused({ code: 'not_the_caller' })
      return notYoursPage(caller)
    }
    const decision = decide(tool, caller, selectionOf(selection), mcp.bounds)
    if (!decision.allowed && decision.reason === 'insufficient_scope') {
      if (!decision.scopes.every((scope) => askedFor.includes(scope))) return 'sign-in'
      exchange.refused({ code: 'insufficient_scope' })
      return messagePage(
        403,
        'Not allowed',
        `This needs the scopes ${decision.scopes.join(' ')}, which the sign-in did not give. Ask an administrator if your role is the reason.`,
        { href: '?again', label: 'Sign in again' },
      )
    }
    try {
      await options.requireAdministrator?.(caller)
    } catch (error) {
      if (!(error instanceof NotAnAdministrator)) return unavailablePage
      exchange.refused({ code: error.code, detail: error.variable })
      return messagePage(403, 'Not allowed', `${error.message} ${error.nextStep}`)
    }
    return caller
  }

  async function toSignIn(
    exchange: Exchange,
    handOff: HandOff,
    tool: ToolDefinition,
    again: boolean,
    scopes: readonly string[] = [],
  ): Promise<Page | undefined> {
    const { req, res } = exchange
    if (req.method === 'POST') {
      const why =
        scopes.length > 0 ? 'this call needs scopes that your sign-in does not have' : 'the sign-in is over'
      return messagePage(401, 'Sign in again', `Nothing was done: ${why}.`, {
        href: handOff.id,
        label: 'Sign in',
      })
    }
    try {
      // What other pages in this browser need stays granted.
      const asked = [...new Set([...scopes, ...tool.scopes])]
      const { location, state, carried } = await signIn.begin(handOff, asked, again)
      sessions.carry(req, res, state, carried)
      res.writeHead(302, { location, 'Cache-Control': 'no-store' }).end()
      return undefined
    } catch (cause) {
      exchange.note({ err: cause })
      return messagePage(
        503,
        'Sign-in is not available',
        'The authorization server could not be reached, or does not register this server as a client. The operator of this server can set HAND_OFF_CLIENT_ID.',
      )
    }
  }

  async function finishSignIn(exchange: Exchange): Promise<void> {
    const { req, res } = exchange
    try {
      const url = new URL(req.url ?? '', origin)
      const carried = sessions.carried(req)
      const state = url.searchParams.get('state') ?? ''
      if (carried(state) !== undefined) sessions.drop(res, state)
      const { handOffId, accessToken, scopes } = await signIn.finish(url, carried)
      const caller = await options.protection.verifier.verify(accessToken)
      const person = digestOf(ownerOf(caller))
      await sessions.begin(req, res, { accessToken, person, scopes })
      res.writeHead(303, { location: HAND_OFF_PATH + handOffId, 'Cache-Control': 'no-store' }).end()
    } catch (cause) {
      exchange.refused({ code: 'sign_in_failed', cause })
      if (cause instanceof SignInRefused) return sendPage(res, refusedSignInPage(cause))
      sendPage(
        res,
        messagePage(
          400,
          'Not signed in',
          'The sign-in was not finished here. Open the link from your agent again.',
        ),
      )
    }
  }

  function principalOf(exchange: Exchange, caller: Caller, { selection }: HandOff): Principal {
    const { audit } = exchange
    return {
      caller,
      selection: selectionOf(selection),
      audit,
      trail: { audit, traceparent: exchange.trace?.traceparent },
      // The person signed in a moment ago; the page says what Scalekit answered.
      tokenRefused: () => undefined,
      recheck: async () => undefined,
      note: (fields) => exchange.note(fields),
      asks: () => () => undefined,
    }
  }
}

/** What a person recognizes of themselves in their token. */
function nameOf({ claims, subject }: Caller): string {
  const texts = [claims.email, claims.name].filter((claim) => typeof claim === 'string').map(displayText)
  return texts.find((text) => text !== '') ?? displayText(subject)
}

/** A browser says where a form was. */
function isSameOrigin({ headers }: IncomingMessage, origin: string): boolean {
  return headers.origin === origin && (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin'
}

function refusedPage(exchange: Exchange, code: string): Page {
  exchange.refused({ code })
  return messagePage(403, 'Open the page again', 'This form is not from the page that you opened.')
}

function refusedSignInPage({ handOffId, scopes }: SignInRefused): Page {
  const needed = scopes.length > 0 ? ` This needs the scopes ${scopes.join(' ')}.` : ''
  return messagePage(
    403,
    'Not signed in',
    `You did not allow it, or your role does not let you.${needed} Nothing was changed. Ask an administrator if your role is the reason.`,
    { href: `${HAND_OFF_PATH}${handOffId}?again`, label: 'Sign in again' },
  )
}

const unknownPage = messagePage(
  404,
  'Nothing waits here',
  'This link is over, or the server does not know it. Ask your agent to call again.',
)
const notYoursPage = (caller: Caller) =>
  messagePage(
    403,
    'This is for somebody else',
    `Only the person whose agent made the call can open this page. You are signed in as ${nameOf(caller)}.`,
    { href: '?again', label: 'Sign in as somebody else' },
  )
const unavailablePage = messagePage(
  503,
  'Try again',
  'Nobody can say now whether you may open this page. Try again in a few seconds.',
)
