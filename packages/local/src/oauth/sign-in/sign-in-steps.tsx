import { z } from 'zod'
import { offeredConnections } from '../../domain/connections/offered-connections.js'
import {
  connectionNamed,
  type SelectingParams,
  selectConnection,
} from '../../domain/connections/select-connection.js'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { realmName } from '../../domain/environments/realm.js'
import { createTickets } from '../../domain/sessions/tickets.js'
import { findPerson, listPeople, type Person } from '../../domain/users/people.js'
import { csrfToken, newCsrfToken } from '../../http/page/csrf.js'
import { sendPage } from '../../http/page/send-page.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { ssoResult } from '../sso/sso-result.js'
import { startSso } from '../sso/start-sso.js'
import { askBeforeSession, tellSignIn } from './before-session.js'
import { chooseOrganization } from './choose-organization.js'
import { circumstances } from './circumstances.js'
import { emailSignInKind, redeemSignInEmail, sendSignInEmail } from './email-sign-in.js'
import { clientName, type Interaction, redirectUri } from './interaction.js'
import { noteSignIn } from './note-sign-in.js'
import { CodePage } from './pages/code-page.js'
import { OrganizationPage } from './pages/organization-page.js'
import { SignInPage } from './pages/sign-in-page.js'
import { createPasskeySteps } from './passkey/passkey-steps.js'
import { createPasswordSteps } from './password/password-steps.js'
import type { Step } from './step.js'

const PEOPLE_SHOWN = 12
const PROOF_SECONDS = 600

/** How somebody has said who they are, and the organization that this was for. */
const Proof = z.object({ amr: z.array(z.string()), organization: z.string().optional() })
type Proof = z.infer<typeof Proof>

/**
 * The ways to say who one is: at the identity provider of a connection, where the request chooses one; as one of
 * the people who are here; or with a code or a link by e-mail. All end in `finish`.
 */
export function createSignInSteps(context: OAuthContext, server: AuthorizationServer) {
  const { provider, realm } = server
  const { database } = context
  const outcomes = {
    ...{ show, finish, refuse },
    fail: (step: Step, email: string) =>
      noteSignIn(context, server, step.interaction, { email, person: undefined }),
    formAction: ({ interaction }: Step) => formAction(interaction),
  }
  const password = createPasswordSteps(context, realm, outcomes)
  const passkey = createPasskeySteps(context, realm, outcomes)
  const proofs = createTickets(context, realm, 'Proof', z.object({ person: z.string(), proof: Proof }))

  return {
    /** Goes where the parameters of the request, or a choice on the page, lead. */
    async begin(step: Step, params: SelectingParams = step.interaction.params): Promise<void> {
      const { response, interaction } = step
      try {
        const own = server.resource?.settings.provider
        const connection = own
          ? await connectionNamed(database.db, realm, own)
          : await selectConnection(database.db, realm, params)
        if (connection === undefined) return await show(step)
        const { login_hint: hint } = interaction.params
        const loginHint = typeof hint === 'string' ? hint : undefined
        const place = await startSso(
          context,
          connection,
          { kind: 'sign-in', uid: interaction.uid },
          loginHint,
        )
        response.set('Cache-Control', 'no-store').redirect(303, place)
      } catch (refusal) {
        if (!(refusal instanceof SignInRefusal)) throw refusal
        await refuse(step, refusal)
      }
    },

    async submit(step: Step): Promise<void> {
      const { body } = step.request
      const chosen = String(body.person ?? body.email ?? '')
        .trim()
        .slice(0, 200)
      if (body.code !== undefined) return takeCode(step, chosen)
      if (body.password_token !== undefined) return password.set(step)
      if (body.way === 'passkey') return passkey.submit(step)
      if (body.way === 'passkey-link') return passkey.sendLink(step, chosen)
      if (body.way === 'password') return password.signIn(step, chosen)
      if (body.way === 'password-link') return password.sendLink(step, chosen)
      const person = await findPerson(database, realm, chosen)
      if (person === undefined) {
        await noteSignIn(context, server, step.interaction, { email: chosen, person })
        return show(step, { email: chosen, problem: `Nobody here has the e-mail address ${chosen}.` })
      }
      return body.way === 'email' ? sendEmail(step, person) : finish(step, person)
    },

    async takeSsoAnswer(step: Step): Promise<void> {
      const { request, interaction } = step
      const ticket = String(request.query.ticket ?? '')
      const about = circumstances(request, interaction.params)
      const result = await ssoResult(context, realm, { uid: interaction.uid, ticket, about })
      const person = result.login && (await findPerson(database, realm, result.login.accountId))
      if (result.login === undefined || person === undefined) return end(step, result)
      const { login, organization } = result
      return finish(step, person, {
        amr: login.amr ?? [],
        ...(typeof organization === 'string' && { organization }),
      })
    },

    openPasswordLink: (step: Step): Promise<void> => password.openLink(step),

    openPasskeyLink: (step: Step): Promise<void> => passkey.openLink(step),

    async takeLink(step: Step): Promise<void> {
      const credential = { link: String(step.request.query.link_token ?? ''), id: '' }
      const email = await redeemSignInEmail(context, realm, step.interaction.uid, credential)
      const person = email === undefined ? undefined : await findPerson(database, realm, email)
      if (person !== undefined) return finish(step, person)
      return show(step, { email: '', problem: 'The link was used, or has expired. Ask for a new one.' })
    },
  }

  async function show(step: Step, refused?: { email: string; problem: string }): Promise<void> {
    const { request, response, interaction } = step
    const { login_hint: hint } = interaction.params
    const ceremony = await passkey.offer(step)
    const page = (
      <SignInPage
        client={await clientName(server, interaction)}
        realm={await realmName(database, realm)}
        people={await listPeople(database, realm, PEOPLE_SHOWN)}
        byEmail={(await emailSignInKind(context, realm)) !== undefined}
        byPassword={await password.enabled()}
        {...(ceremony === undefined ? {} : { passkey: ceremony })}
        connections={await offeredConnections(database.db, realm)}
        action={formAction(interaction)}
        email={typeof hint === 'string' ? hint : undefined}
        csrf={(refused === undefined ? csrfToken : newCsrfToken)(request, response, formAction(interaction))}
        {...refused}
      />
    )
    const status = refused === undefined ? 200 : 422
    const script = ceremony !== undefined
    sendPage(response, page, { status, redirectUri: redirectUri(interaction), script })
  }

  async function sendEmail(step: Step, { email }: Person): Promise<void> {
    const kind = await emailSignInKind(context, realm)
    if (kind === undefined)
      return show(step, { email, problem: 'No passwordless connection is enabled here.' })
    const { uid } = step.interaction
    askForCode(step, email, kind, await sendSignInEmail(context, realm, { uid, email, kind }))
  }

  async function takeCode(step: Step, email: string): Promise<void> {
    const { body } = step.request
    const credential = { code: String(body.code).trim(), id: String(body.request ?? '') }
    const proven = await redeemSignInEmail(context, realm, step.interaction.uid, credential)
    const person = proven === undefined ? undefined : await findPerson(database, realm, proven)
    if (person !== undefined) return finish(step, person)
    await noteSignIn(context, server, step.interaction, { email, person: undefined })
    const kind = (await emailSignInKind(context, realm)) ?? 'OTP'
    askForCode(step, email, kind, credential.id, 'The code is wrong, was used, or has expired.')
  }

  function askForCode(step: Step, email: string, kind: string, id: string, problem?: string): void {
    const { request, response, interaction } = step
    const page = (
      <CodePage
        email={email}
        code={kind !== 'LINK'}
        link={kind !== 'OTP'}
        request={id}
        action={formAction(interaction)}
        csrf={newCsrfToken(request, response, formAction(interaction))}
        {...(problem === undefined ? {} : { problem })}
      />
    )
    sendPage(response, page, {
      status: problem === undefined ? 200 : 422,
      redirectUri: redirectUri(interaction),
    })
  }

  /** Who they are is known; what is left is the organization in which they act. */
  async function finish(step: Step, person: Person, given?: Proof): Promise<void> {
    const { request, response, interaction } = step
    const proof = given ?? (await provenBefore(step, person)) ?? { amr: ['local'] }
    const choice = await chooseOrganization(database, realm, person, {
      asked: interaction.params.organization_id,
      proven: proof.organization,
      answer: request.body?.organization,
    })
    if (choice.kind === 'refused') {
      const problem = `${person.name} does not belong to the organization.`
      // Whoever comes from an identity provider has no other person to choose here.
      return given === undefined
        ? show(step, { email: person.email, problem })
        : refuse(step, new SignInRefusal('access_denied', problem))
    }
    if (choice.kind === 'ask') {
      await proofs.put(interaction.uid, { person: person.id, proof }, PROOF_SECONDS)
      const view = { client: await clientName(server, interaction), person, offers: choice.offers }
      const form = {
        action: formAction(interaction),
        csrf: newCsrfToken(request, response, formAction(interaction)),
      }
      return sendPage(response, <OrganizationPage {...view} {...form} />, {
        redirectUri: redirectUri(interaction),
      })
    }
    const { organization } = choice
    const acting = await findPerson(database, realm, person.id, organization)
    await noteSignIn(context, server, interaction, { email: person.email, person: acting ?? person })
    const login = { accountId: person.id, amr: proof.amr }
    await end(step, { login, ...(organization === undefined ? {} : { organization }) })
  }

  /** How the person signed in before they were asked for an organization. */
  async function provenBefore({ interaction }: Step, { id }: Person): Promise<Proof | undefined> {
    const kept = await proofs.get(interaction.uid)
    return kept?.person === id ? kept.proof : undefined
  }

  async function end(
    { request, response, interaction }: Step,
    result: Parameters<typeof provider.interactionFinished>[2],
  ) {
    const problem = await askBeforeSession(context, realm, result, circumstances(request, interaction.params))
    if (problem !== undefined) {
      const denied = { error: 'access_denied', error_description: problem }
      return provider.interactionFinished(request, response, denied, { mergeWithLastSubmission: false })
    }
    await tellSignIn(context, realm, result)
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  async function refuse(step: Step, { code, message }: SignInRefusal): Promise<void> {
    await end(step, { error: code, error_description: message })
  }

  /** Every step posts to the page of the interaction, wherever it was shown. */
  function formAction({ uid }: Interaction): string {
    return `${new URL(server.issuer).pathname}/interaction/${uid}`
  }
}
