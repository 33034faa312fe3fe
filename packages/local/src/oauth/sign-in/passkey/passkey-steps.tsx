import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { realmIssuer } from '../../../domain/environments/realm.js'
import {
  type Ceremony,
  createCeremonies,
  loadWebAuthn,
  passkeysEnabled,
} from '../../../domain/passkeys/ceremonies.js'
import { mayAttempt } from '../../../domain/passwords/password-attempts.js'
import { createTickets } from '../../../domain/sessions/tickets.js'
import { findPerson } from '../../../domain/users/people.js'
import { newCsrfToken } from '../../../http/page/csrf.js'
import { sendPage } from '../../../http/page/send-page.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { PasskeyLinkPage, PasskeyPage } from '../pages/passkey-page.js'
import type { PasswordOutcomes } from '../password/password-steps.js'
import type { Step } from '../step.js'

const LINK_SECONDS = 15 * 60
const SPENT = 'The link was used, or has expired. Ask for a new one.'
const WRONG =
  'This passkey is not known here, or the browser took too long. Try again, or choose another way.'

/** Signing in with a passkey, and making one through a link by e-mail, where the environment has such a connection. */
export function createPasskeySteps(
  context: OAuthContext,
  realm: string,
  outcomes: Omit<PasswordOutcomes, 'refuse'>,
) {
  const ceremonies = createCeremonies(context, realm)
  const links = createTickets(context, realm, 'PasskeyLink', z.object({ email: z.string(), uid: z.string() }))

  const enabled = () => passkeysEnabled(context, realm)
  const library = async () => ((await enabled()) ? loadWebAuthn() : undefined)

  return {
    /** What the sign-in page asks the browser for; undefined where there are no passkeys. */
    async offer({ interaction }: Step): Promise<Ceremony | undefined> {
      const webauthn = await library()
      return webauthn && ceremonies.askForOne(webauthn, interaction.uid)
    },

    async submit(step: Step): Promise<void> {
      const { challenge = '', credential = '', passkey_token: token } = step.request.body
      const webauthn = await library()
      const given = parse(String(credential))
      if (webauthn === undefined) return outcomes.show(step, { email: '', problem: WRONG })
      if (token !== undefined) return make(step, webauthn, String(token), String(challenge), given)
      const person = await ceremonies.signIn(webauthn, step.interaction.uid, String(challenge), given)
      if (person !== undefined) return outcomes.finish(step, person)
      await outcomes.fail(step, '')
      return outcomes.show(step, { email: '', problem: WRONG })
    },

    async sendLink(step: Step, email: string): Promise<void> {
      if (!(await enabled()) || !z.email().safeParse(email).success)
        return outcomes.show(step, { email, problem: 'Give the e-mail address that the link is to go to.' })
      const person = await findPerson(context.database, realm, email)
      const known = person?.email === email.toLowerCase()
      if ((await mayAttempt(context, realm, `a passkey link for ${email}`)) && known) await mail(step, email)
      sendPage(step.response, <PasskeyLinkPage email={email} />, {
        leadsAway: true,
      })
    },

    async openLink(step: Step): Promise<void> {
      const token = String(step.request.query.token ?? '')
      const [link, webauthn] = [await links.get(token), await library()]
      const person = link && (await findPerson(context.database, realm, link.email))
      if (!webauthn || !person || link.uid !== step.interaction.uid)
        return outcomes.show(step, { email: '', problem: SPENT })
      const action = outcomes.formAction(step)
      const ceremony = await ceremonies.askForNew(webauthn, step.interaction.uid, person)
      const csrf = newCsrfToken(step.request, step.response, action)
      sendPage(step.response, <PasskeyPage {...{ email: person.email, token, action, csrf, ceremony }} />, {
        leadsAway: true,
        script: true,
      })
    },
  }

  async function mail({ interaction: { uid } }: Step, email: string): Promise<void> {
    const token = randomBytes(32).toString('base64url')
    await links.put(token, { email: email.toLowerCase(), uid }, LINK_SECONDS)
    const link = `${realmIssuer(context.baseUrl, realm)}/interaction/${uid}/passkey?token=${token}`
    await context.outbox.put({
      ...{ kind: 'email', environment: realm, to: email, subject: 'Make a passkey' },
      ...{ text: `Open ${link} in the browser in which you asked for it.`, link },
    })
  }

  async function make(
    step: Step,
    webauthn: NonNullable<Awaited<ReturnType<typeof loadWebAuthn>>>,
    token: string,
    challenge: string,
    credential: unknown,
  ): Promise<void> {
    const { uid } = step.interaction
    const link = await links.take(token)
    const person = link?.uid === uid ? await findPerson(context.database, realm, link.email) : undefined
    if (!person) return outcomes.show(step, { email: '', problem: SPENT })
    if (await ceremonies.register(webauthn, uid, challenge, { person, credential }))
      return outcomes.finish(step, person)
    return outcomes.show(step, {
      email: person.email,
      problem: 'The browser made no usable passkey. Ask for a new link.',
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
