import { ClientService } from '@scalekit-mcp/api'
import { pkce, REDIRECT_URI, redeem, type Tokens } from '../oauth/authorization-code.js'
import { Browser } from '../oauth/browser.js'
import type { Wire } from './every-method/wire.js'
import { DEV, type Local } from './local.js'

const LOGIN_PAGE = 'https://shop.example/login?from=mcp'

/** Sends the people of an MCP server to a login page of the application, and one of them there. */
export async function beginOwnLogin(wire: Wire, local: Local, resourceId: string) {
  const api = wire.client(ClientService)
  const { connection } = await api.ensureResourceConnection({ resourceId })
  const settings = { case: 'customConnectionSettings' as const, value: { authorizeUri: LOGIN_PAGE } }
  const { resource } = await api.updateResource({ resourceId, resource: { settings } })
  const made = await api.createResourceClient({ resourceId, client: { redirectUris: [REDIRECT_URI] } })
  const clientId = made.client?.clientId ?? ''
  const issuer = `${local.url}/${DEV}/resources/${resourceId}`
  const { verifier, challenge } = pkce()
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: REDIRECT_URI, scope: 'openid profile' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  })
  const browser = new Browser()
  const at = new URL((await browser.follow(`${issuer}/oauth/authorize?${query}`)).url)
  const connectionId = connection?.id ?? ''
  return {
    resource,
    /** The login page, as the browser is sent there. */
    at,
    ids: { connectionId, loginRequestId: at.searchParams.get('login_request_id') ?? '' },
    /** Where the application sends the browser back to. */
    async back(): Promise<Awaited<ReturnType<Browser['follow']>>> {
      const callback = `${local.url}/${DEV}/sso/v1/connections/${connectionId}/partner:callback`
      return browser.follow(`${callback}?state=${at.searchParams.get('state')}`)
    },
    /** The tokens of somebody who allows what the client asks for. */
    async allow(page: Awaited<ReturnType<Browser['follow']>>): Promise<Tokens> {
      const { url } = await browser.submit(page.url, page.page ?? '', { answer: 'allow' })
      const more = { client_secret: made.plainSecret }
      return (await redeem(issuer, clientId, new URL(url), verifier, more)).json() as Promise<Tokens>
    },
  }
}
