import { z } from 'zod'
import { NotInOrganization } from '../../domain/connections/sign-in-refusal.js'
import { WORKSPACE } from '../../domain/environments/realm.js'
import { findPerson, type Person } from '../../domain/users/people.js'
import { signUp } from '../../domain/users/sign-up.js'
import { csrfToken } from '../../http/page/csrf.js'
import { sendPage } from '../../http/page/send-page.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { circumstances } from './circumstances.js'
import {
  emailSignInKind,
  redeemSignInEmail,
  type SentEmail,
  sendSignInEmail,
  sentSignInEmail,
} from './email-sign-in.js'
import { formAction } from './interaction.js'
import { noteSignIn } from './note-sign-in.js'
import { CodePage } from './pages/code-page.js'
import type { Step } from './step.js'

const WRONG_CODE = 'The code is wrong, was used, or has expired.'
const SPENT = 'The link was used, or has expired. Ask for a new one.'

export interface EmailOutcomes {
  show(step: Step, refused: { email: string; problem: string }): Promise<void>
  finish(step: Step, person: Person): Promise<void>
  /** Goes on where an identity provider's word waits for the address to be proven. */
  takeCheckedMail(step: Step, email: string): Promise<boolean>
  orRefuse(step: Step, action: () => Promise<void>): Promise<void>
}

/** Proving an e-mail address with a code or a link. Whoever proves one that is new here signs up. */
export function createEmailSteps(
  context: OAuthContext,
  server: AuthorizationServer,
  outcomes: EmailOutcomes,
) {
  const { realm } = server
  const { database } = context

  /** Goes to the page that asks for the code. It is a page of its own, which can be reloaded. */
  function goToCodePage({ response, interaction }: Step, id: string, wrong?: 'wrong'): void {
    const query = new URLSearchParams({ request: id, ...(wrong && { wrong }) })
    const place = `${formAction(server, interaction)}/code?${query}`
    response.set('Cache-Control', 'no-store').redirect(303, place)
  }

  function ask(step: Step, { email, kind }: SentEmail, id: string, problem?: string): void {
    const { request, response, interaction } = step
    const action = formAction(server, interaction)
    const view = { email, code: kind !== 'LINK', link: kind !== 'OTP', request: id, action }
    const csrf = csrfToken(request, response, action)
    const status = problem === undefined ? 200 : 422
    const page = <CodePage {...view} csrf={csrf} {...(problem === undefined ? {} : { problem })} />
    sendPage(response, page, { status, leadsAway: true, script: view.code })
  }

  async function proven(step: Step, email: string): Promise<void> {
    if (await outcomes.takeCheckedMail(step, email)) return
    const known = await findPerson(database, realm, email)
    if (known !== undefined) return outcomes.finish(step, known)
    const about = circumstances(step.request, step.interaction.params)
    return outcomes.orRefuse(step, async () => {
      try {
        const { userId } = await signUp(context, realm, { email }, { about })
        const person = await findPerson(database, realm, userId)
        if (person !== undefined) await outcomes.finish(step, person)
      } catch (refusal) {
        if (!(refusal instanceof NotInOrganization)) throw refusal
        await outcomes.show(step, { email, problem: refusal.message })
      }
    })
  }

  return {
    enabled: async () => (await emailSignInKind(context, realm)) !== undefined,

    /** Whether somebody with a new address can sign up. */
    mayBeNew: async (email: string) =>
      realm !== WORKSPACE &&
      z.email().safeParse(email).success &&
      (await emailSignInKind(context, realm)) !== undefined,

    async send(step: Step, email: string): Promise<void> {
      const kind = await emailSignInKind(context, realm)
      if (kind === undefined)
        return outcomes.show(step, { email, problem: 'No passwordless connection is enabled here.' })
      const { uid } = step.interaction
      return goToCodePage(step, await sendSignInEmail(context, realm, { uid, email, kind }))
    },

    /** Asks for a code whether or not people may sign in with one. */
    async check(step: Step, email: string): Promise<void> {
      const { uid } = step.interaction
      return goToCodePage(step, await sendSignInEmail(context, realm, { uid, email, kind: 'OTP' }))
    },

    /** Shows the page that asks for the code of an e-mail. */
    async showCodePage(step: Step): Promise<void> {
      const { query } = step.request
      const id = String(query.request ?? '')
      const sent = await sentSignInEmail(context, realm, step.interaction.uid, id)
      return sent === undefined
        ? outcomes.show(step, { email: '', problem: WRONG_CODE })
        : ask(step, sent, id, query.wrong === undefined ? undefined : WRONG_CODE)
    },

    async takeCode(step: Step, email: string): Promise<void> {
      const { body } = step.request
      const credential = { code: [body.code].flat().join('').trim(), id: String(body.request ?? '') }
      const address = await redeemSignInEmail(context, realm, step.interaction.uid, credential)
      if (address !== undefined) return proven(step, address)
      await noteSignIn(context, server, step.interaction, { email, person: undefined })
      return goToCodePage(step, credential.id, 'wrong')
    },

    async takeLink(step: Step): Promise<void> {
      const credential = { link: String(step.request.query.link_token ?? ''), id: '' }
      const address = await redeemSignInEmail(context, realm, step.interaction.uid, credential)
      return address === undefined
        ? outcomes.show(step, { email: '', problem: SPENT })
        : proven(step, address)
    },
  }
}
