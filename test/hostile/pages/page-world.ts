import type { Names } from '../../../packages/auth/test/hostile-values.js'
import {
  addAdministrator,
  idOf,
  type ServerUnderTest,
} from '../../../packages/server/test/server-under-test.js'
import { Person } from '../../harness/person.js'
import { PageBrowser } from './page-browser.js'
import type { BrowserName, Effect, PagePreparation } from './page-case.js'

const PRD = 'env_100000000000000002'
const OWNER = 'admin@example.com'

/** A call that waits for its person, and the organization that it would delete. */
interface Waiting {
  readonly id: string
  readonly url: string
  readonly organizationId: string
  readonly target: string
}

/** The signed-in browsers, and the calls that wait. */
export interface PageWorld {
  /** What the `{{names}}` of a case stand for. */
  names(preparation?: PagePreparation): Promise<Names>
  /** What became of the call at the page. Where something did, the next case gets another call. */
  effect(): Promise<Effect | string>
  /** Everything that must be in no log and in no answer to somebody else. */
  readonly secrets: ReadonlySet<string>
}

export async function openPageWorld(server: ServerUnderTest): Promise<PageWorld> {
  const secrets = new Set<string>()
  const browsers: Record<BrowserName, PageBrowser> = {
    owner: new PageBrowser(),
    twin: new PageBrowser(),
    narrow: new PageBrowser(),
    other: new PageBrowser(),
    nobody: new PageBrowser(),
  }
  const { host, origin, port } = new URL(server.url)

  async function waitingCall(owner = OWNER): Promise<Waiting> {
    const target = `Target ${crypto.randomUUID()}`
    const created = await server.call('2026-07-28', 'create_organization', {
      environmentId: PRD,
      name: target,
    })
    const organizationId = idOf(created, 'organization')
    const args = { environmentId: PRD, organizationId }
    const token = await server.token({ subject: owner })
    const { error } = await server.call('2026-07-28', 'delete_organization', args, { token })
    const { id, url } = (error as unknown as { handOff: { id: string; url: string } }).handOff
    for (const secret of [id, target]) secrets.add(secret)
    return { id, url, organizationId, target }
  }

  const accessToken = await server.token()
  const metadata = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', origin))
  const { authorization_servers } = (await metadata.json()) as { authorization_servers: string[] }
  const [issuer = ''] = authorization_servers
  const other = await addAdministrator(server)
  let waiting = await waitingCall()
  const [second, foreign] = [await waitingCall(), await waitingCall(other)]
  const readsOnly = (url: URL) => url.searchParams.set('scope', 'environment:read')
  await browsers.owner.signIn(waiting.url, OWNER)
  await browsers.twin.signIn(waiting.url, OWNER)
  await browsers.narrow.signIn(waiting.url, OWNER, readsOnly)
  await browsers.other.signIn(waiting.url, other, readsOnly)
  for (const { session } of Object.values(browsers)) if (session) secrets.add(session)

  /** A sign-in that was begun in a browser of its own, up to the callback. */
  async function begun(authorize?: 'owner' | 'other'): Promise<Names> {
    const browser = new PageBrowser()
    const url = await browser.begin(waiting.url)
    const state = url.searchParams.get('state') ?? ''
    const sealed = browser.cookie.split('=')[1] ?? ''
    for (const secret of [state, sealed]) secrets.add(secret)
    if (authorize === 'other') readsOnly(url)
    const callback = authorize && (await new Person(authorize === 'owner' ? OWNER : other).authorize(url))
    const code = callback?.searchParams.get('code') ?? ''
    if (code) secrets.add(code)
    return {
      state,
      state_cookie: browser.cookie,
      state_cookie_name: browser.cookie.split('=')[0] ?? '',
      state_value: sealed,
      code,
      iss: callback?.searchParams.get('iss') ?? '',
    }
  }

  return {
    secrets,
    async names({ begin, authorize, stray, send } = {}) {
      const { owner, twin } = browsers
      const [{ fields }, ofTwin, ofSecond] = await Promise.all([
        owner.open(waiting.url),
        twin.open(waiting.url),
        owner.open(second.url),
      ])
      for (const token of [fields.token, ofTwin.fields.token]) if (token) secrets.add(token)
      if (send) {
        const form = { ...fields, name: waiting.target, decision: send }
        const headers = { origin, cookie: owner.cookie }
        await fetch(waiting.url, { method: 'POST', headers, body: new URLSearchParams(form) })
      }
      return {
        host,
        port,
        origin,
        id: waiting.id,
        id_start: waiting.id.slice(0, -1),
        id_first_encoded: `%${waiting.id.charCodeAt(0).toString(16)}`,
        id_rest: waiting.id.slice(1),
        id_other_case: waiting.id.replace(/[a-z]/gi, otherCase),
        target: waiting.target,
        target_encoded: encodeURIComponent(waiting.target),
        second_id: second.id,
        foreign_id: foreign.id,
        token_of_form: fields.token ?? '',
        token_start: fields.token?.slice(0, -1) ?? '',
        token_of_twin: ofTwin.fields.token ?? '',
        digest: fields.digest ?? '',
        digest_of_second: ofSecond.fields.digest ?? '',
        session_start: owner.session.slice(0, -1),
        access_token: accessToken,
        as: issuer,
        ...Object.fromEntries(
          Object.entries(browsers).flatMap(([name, { cookie, session }]) => [
            [`${name}_cookie`, cookie],
            [`${name}_session`, session],
          ]),
        ),
        ...(begin || authorize ? await begun(authorize) : {}),
        ...(stray ? { stray_code: (await begun(stray)).code ?? '' } : {}),
      }
    },
    async effect() {
      const { html, fields } = await browsers.owner.open(waiting.url)
      const isThere = await server
        .sdk(PRD)
        .organization.getOrganization(waiting.organizationId)
        .then(
          () => true,
          () => false,
        )
      if (isThere && fields.digest !== undefined) return 'none'
      waiting = await waitingCall()
      const [, title = html] = /<h1>([^<]*)<\/h1>/.exec(html) ?? []
      if (title === 'Done' && !isThere) return 'done'
      return title === 'Declined' && isThere ? 'declined' : `${title}, target ${isThere ? 'there' : 'gone'}`
    },
  }
}

const otherCase = (letter: string) =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
