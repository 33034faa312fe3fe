import { type Request, type Response, Router, urlencoded } from 'express'
import { csrfToken, newCsrfToken, spendCsrfToken } from '../http/page/csrf.js'
import { Page } from '../http/page/page.js'
import { refuseForm } from '../http/page/refuse-form.js'
import { sendPage } from '../http/page/send-page.js'
import { hashSecret, secretMatches } from '../storage/secret-hash.js'

const SIGN_IN = '/dashboard/sign-in'

/** Asks for the token of an environment that other machines reach, before the dashboard. */
export function dashboardGuard(token: string, port: number): Router {
  const router = Router()
  const form = urlencoded({ extended: false, limit: '4kb' })
  const cookie = `dashboard_${port}`
  // The browser keeps a value that is good for the dashboard only.
  const pass = hashSecret(`dashboard ${token}`)

  router.get(SIGN_IN, (request, response) => ask(request, response))

  router.post(SIGN_IN, form, (request, response) => {
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    const given = String(request.body?.token ?? '').trim()
    if (!secretMatches(given, [hashSecret(token)])) {
      return ask(request, response, 'This is not the token that this environment was started with.')
    }
    response.cookie(cookie, pass, { httpOnly: true, sameSite: 'strict', path: '/' })
    response.redirect(303, '/')
  })

  router.use((request, response, next) => {
    if (request.path !== '/' && !/^\/dashboard(\/|$)/i.test(request.path)) return next()
    if (secretMatches(cookieOf(request, cookie), [hashSecret(pass)])) return next()
    if (request.method !== 'GET') return refuseForm(response)
    response.set('Cache-Control', 'no-store').redirect(303, SIGN_IN)
  })
  return router
}

function ask(request: Request, response: Response, problem?: string): void {
  const csrf = (problem === undefined ? csrfToken : newCsrfToken)(request, response)
  sendPage(response, <SignInPage csrf={csrf} {...(problem && { problem })} />, {
    status: problem === undefined ? 200 : 422,
  })
}

function SignInPage({ csrf, problem }: { csrf: string; problem?: string }) {
  return (
    <Page title="Dashboard">
      <h1>Open the dashboard</h1>
      <p class="lead">Other machines reach this environment, so it asks for its token.</p>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <form method="post" action={SIGN_IN}>
        <input type="hidden" name="csrf" value={csrf} />
        <label for="token">LOCAL_TOKEN, or the token that was printed at the start</label>
        <input id="token" name="token" type="password" autocomplete="off" required />
        <button type="submit">Open</button>
      </form>
    </Page>
  )
}

function cookieOf(request: Request, name: string): string {
  const pairs = (request.headers.cookie ?? '').split(/; */)
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}
