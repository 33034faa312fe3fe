import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { NotInOrganization, SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import type { Person } from '../../../domain/users/people.js'
import { csrfToken, newCsrfToken } from '../../../http/page/csrf.js'
import { sendPage } from '../../../http/page/send-page.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { circumstances } from '../circumstances.js'
import { PasswordLinkPage, PasswordPage } from '../pages/password-page.js'
import type { Step } from '../step.js'
import { passwordLinks, passwordsEnabled, sendPasswordLink, signInWithPassword } from './password-sign-in.js'
import { LONGEST, SHORTEST, setPassword } from './set-password.js'

const SPENT = 'The link was used, or has expired. Ask for a new one.'
const WRONG =
  'The e-mail address or the password is wrong, or was wrong too often: then wait a quarter of an hour.'
const LENGTH = `Choose a password of ${SHORTEST} to ${LONGEST} characters.`

/** How the steps of a password go on. */
export interface PasswordOutcomes {
  /** Shows the sign-in again, with what was wrong. */
  show(step: Step, refused: { email: string; problem: string }): Promise<void>
  /** Notes that somebody could not prove who they are. */
  fail(step: Step, email: string): Promise<void>
  finish(step: Step, person: Person): Promise<void>
  refuse(step: Step, refusal: SignInRefusal): Promise<void>
  formAction(step: Step): string
}

/** Signing in with a password, and setting one through a link by e-mail. */
export function createPasswordSteps(context: OAuthContext, realm: string, outcomes: PasswordOutcomes) {
  const links = passwordLinks(context, realm)
  const enabled = () => passwordsEnabled(context, realm)

  return {
    enabled,

    async signIn(step: Step, email: string): Promise<void> {
      const password = String(step.request.body.password ?? '').slice(0, LONGEST + 1)
      const person = (await enabled()) ? await signInWithPassword(context, realm, email, password) : undefined
      if (person !== undefined) return outcomes.finish(step, person)
      await outcomes.fail(step, email)
      return outcomes.show(step, { email, problem: WRONG })
    },

    async sendLink(step: Step, email: string): Promise<void> {
      if (!(await enabled()) || !z.email().safeParse(email).success)
        return outcomes.show(step, { email, problem: 'Give the e-mail address that the link is to go to.' })
      const token = randomBytes(32).toString('base64url')
      await sendPasswordLink(context, realm, { email, uid: step.interaction.uid, token })
      sendPage(step.response, <PasswordLinkPage email={email} />, {
        leadsAway: true,
      })
    },

    async openLink(step: Step): Promise<void> {
      const token = String(step.request.query.token ?? '')
      const link = await links.get(token)
      if (link?.uid !== step.interaction.uid) return outcomes.show(step, { email: '', problem: SPENT })
      showForm(step, link.email, token)
    },

    async set(step: Step): Promise<void> {
      const { password = '', password_token = '' } = step.request.body
      const token = String(password_token)
      const link = await links.get(token)
      if (link?.uid !== step.interaction.uid) return outcomes.show(step, { email: '', problem: SPENT })
      if (typeof password !== 'string' || password.length < SHORTEST || password.length > LONGEST)
        return showForm(step, link.email, token, LENGTH)
      if ((await links.take(token)) === undefined) return outcomes.show(step, { email: '', problem: SPENT })
      const about = circumstances(step.request, step.interaction.params)
      try {
        const session = step.interaction.session?.uid
        const person = await setPassword(context, realm, { email: link.email, password, session, about })
        return person === undefined
          ? outcomes.show(step, { email: '', problem: SPENT })
          : outcomes.finish(step, person)
      } catch (refusal) {
        if (refusal instanceof NotInOrganization)
          return outcomes.show(step, { email: link.email, problem: refusal.message })
        if (!(refusal instanceof SignInRefusal)) throw refusal
        return outcomes.refuse(step, refusal)
      }
    },
  }

  function showForm(step: Step, email: string, token: string, problem?: string): void {
    const { request, response } = step
    const action = outcomes.formAction(step)
    const csrf = (problem === undefined ? csrfToken : newCsrfToken)(request, response, action)
    const shown = problem === undefined ? {} : { problem }
    sendPage(response, <PasswordPage {...{ email, token, action, csrf }} {...shown} />, {
      status: problem === undefined ? 200 : 422,
      leadsAway: true,
    })
  }
}
