import { offeredConnections } from '../../domain/connections/offered-connections.js'
import {
  connectionFor,
  connectionNamed,
  type SelectingParams,
} from '../../domain/connections/select-connection.js'
import { realmName, WORKSPACE } from '../../domain/environments/realm.js'
import { whyBlocked } from '../../domain/environments/user-management.js'
import { isTestUser } from '../../domain/passwordless/passwordless-data.js'
import { findPerson, listPeople, type Person } from '../../domain/users/people.js'
import { csrfToken, newCsrfToken } from '../../http/page/csrf.js'
import { sendPage } from '../../http/page/send-page.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { connectionOfOrganization, createConclusion, organizationOfConnection } from './conclusion.js'
import { createEmailSteps } from './email-steps.js'
import { clientName, formAction } from './interaction.js'
import { noteSignIn } from './note-sign-in.js'
import { openedInvitation } from './opened-invitation.js'
import { SignInPage } from './pages/sign-in-page.js'
import { createPasskeySteps } from './passkey/passkey-steps.js'
import { createPasswordSteps } from './password/password-steps.js'
import type { Proof } from './proof.js'
import { createSsoSteps } from './sso-steps.js'
import type { Step } from './step.js'

const PEOPLE_SHOWN = 12

/** Somebody who need not say who they are. */
interface SignedIn {
  person: Person
  proof: Proof
}

/** Why somebody is asked who is signed in already, and need not say again who they are. */
const SESSION_SUFFICES = ['connection_chosen', 'select_account_prompt']

/**
 * The ways to say who one is: at the identity provider of a connection, where the request or the address chooses one; as
 * one of the people who are here; with a code or a link by e-mail, a password or a passkey; or with the link of an
 * invitation. All end in `finish`.
 */
export function createSignInSteps(context: OAuthContext, server: AuthorizationServer) {
  const { realm } = server
  const { database } = context
  const { finish, refuse, isProven } = createConclusion(context, server, {
    show,
    async goToOrganization(step, organization, email) {
      const connection = await connectionOfOrganization(context, realm, organization)
      if (connection !== undefined) await sso.goTo(step, connection, email)
      return connection !== undefined
    },
  })
  const sso = createSsoSteps(context, server, {
    ...{ finish, refuse },
    checkMail: (step, email) => emails.check(step, email),
  })
  const emails = createEmailSteps(context, server, {
    ...{ show, finish },
    takeCheckedMail: sso.takeCheckedMail,
    orRefuse: sso.orRefuse,
  })
  const outcomes = {
    ...{ show, refuse, finish: finishAtHome },
    fail: (step: Step, email: string) =>
      noteSignIn(context, server, step.interaction, { email, person: undefined }),
    formAction: ({ interaction }: Step) => formAction(server, interaction),
  }
  const password = createPasswordSteps(context, realm, outcomes)
  const passkey = createPasskeySteps(context, realm, outcomes)

  return {
    /** Goes where the parameters of the request, or a choice on the page, lead. */
    async begin(step: Step, chosen?: SelectingParams): Promise<void> {
      const { params } = step.interaction
      const hint = typeof params.login_hint === 'string' ? params.login_hint : undefined
      return sso.orRefuse(step, async () => {
        const connection = await selected(chosen ?? params)
        if (connection !== undefined) return sso.goTo(step, connection, hint)
        const invited = await personOfInvitation(step)
        if (invited !== undefined) return finish(step, invited.person, invited.proof)
        const signedIn = await goOnInSession(step)
        return signedIn === undefined ? show(step) : finish(step, signedIn.person, signedIn.proof)
      })
    },

    async submit(step: Step): Promise<void> {
      const { body } = step.request
      // Tests find the page's one `email` by its name; the forms for passwords and passkeys have another.
      const chosen = String(body.person ?? body.email ?? body.address ?? '')
        .trim()
        .slice(0, 200)
      if (body.way === 'another-account') return show(step)
      if (body.code !== undefined) return emails.takeCode(step, chosen)
      if (body.password_token !== undefined) return password.set(step)
      if (body.way === 'passkey') return passkey.submit(step)
      // Home realm discovery comes before anything else that an address could be asked for.
      const home = body.person === undefined ? await sso.homeOf(step, chosen) : undefined
      if (home !== undefined) return sso.goTo(step, home, chosen)
      if (body.way === 'passkey-link') return passkey.sendLink(step, chosen)
      if (body.way === 'password') return password.signIn(step, chosen)
      if (body.way === 'password-link') return password.sendLink(step, chosen)
      const person = await findPerson(database, realm, chosen)
      if (person === undefined && (await emails.mayBeNew(chosen))) {
        const problem = await whyBlocked(database.db, realm, chosen)
        return problem === undefined ? emails.send(step, chosen) : show(step, { email: chosen, problem })
      }
      if (person === undefined) {
        await noteSignIn(context, server, step.interaction, { email: chosen, person })
        return show(step, { email: chosen, problem: `Nobody here has the e-mail address ${chosen}.` })
      }
      if (body.organization !== undefined && (await isProven(step, person))) return finish(step, person)
      const proves = body.way === 'email' || signsUp(step) || (await provesWithCode(chosen))
      return proves ? emails.send(step, person.email) : finish(step, person)
    },

    takeSsoAnswer: (step: Step): Promise<void> => sso.takeAnswer(step),

    openPasswordLink: (step: Step): Promise<void> => password.openLink(step),

    openPasskeyLink: (step: Step): Promise<void> => passkey.openLink(step),

    takeLink: (step: Step): Promise<void> => emails.takeLink(step),

    showCodePage: (step: Step): Promise<void> => emails.showCodePage(step),
  }

  async function show(step: Step, refused?: { email: string; problem: string }): Promise<void> {
    const { request, response, interaction } = step
    const { login_hint } = interaction.params
    const hint = typeof login_hint === 'string' ? login_hint : undefined
    const create = signsUp(step)
    const ceremony = create ? undefined : await passkey.offer(step)
    const action = formAction(server, interaction)
    const page = (
      <SignInPage
        client={await clientName(server, interaction)}
        realm={await realmName(database, realm)}
        create={create}
        people={create ? [] : await listPeople(database, realm, PEOPLE_SHOWN, hint)}
        byEmail={!create && (await emails.enabled())}
        byPassword={!create && (await password.enabled())}
        {...(ceremony === undefined ? {} : { passkey: ceremony })}
        connections={await offeredConnections(database.db, realm)}
        action={action}
        email={hint}
        csrf={(refused === undefined ? csrfToken : newCsrfToken)(request, response, action)}
        {...refused}
      />
    )
    const status = refused === undefined ? 200 : 422
    sendPage(response, page, { status, leadsAway: true, script: ceremony !== undefined })
  }

  /** The connection of the MCP server, where it has one; else the one that the request or the choice on the page names. */
  async function selected(params: SelectingParams): Promise<ConnectionRow | undefined> {
    const own = server.resource?.settings.provider
    if (own) return connectionNamed(database.db, realm, own)
    return realm === WORKSPACE ? undefined : connectionFor(database.db, realm, params)
  }

  /** After a passkey or a password, people of a domain with a connection go on to its identity provider. */
  async function finishAtHome(step: Step, person: Person): Promise<void> {
    const home = await sso.homeOf(step, person.email)
    return home === undefined ? finish(step, person) : sso.goTo(step, home, person.email)
  }

  /** Whose invitation was opened in this browser: it leads into the organization that invites. */
  async function personOfInvitation({ request, interaction }: Step): Promise<SignedIn | undefined> {
    if (realm === WORKSPACE || interaction.prompt.name !== 'login') return undefined
    const invited = await openedInvitation(context, realm, request.headers.cookie)
    const person = invited && (await findPerson(database, realm, invited.user))
    return person && { person, proof: { amr: ['invitation'], invitedTo: invited.organization } }
  }

  /** Who is signed in and need not say again who they are. A session through an organization's connection is for it only. */
  async function goOnInSession({ interaction }: Step): Promise<SignedIn | undefined> {
    const { prompt, session, params } = interaction
    if (session === undefined || !prompt.reasons.every((reason) => SESSION_SUFFICES.includes(reason)))
      return undefined
    const person = await findPerson(database, realm, session.accountId)
    if (person === undefined) return undefined
    const organization = await organizationOfConnection(context, session.amr?.[0])
    if (organization === undefined) return { person, proof: { amr: [], session: true } }
    const other = params.organization_id !== undefined && params.organization_id !== organization
    return other ? undefined : { person, proof: { amr: [], session: true, organization } }
  }

  /** Users for tests get a code, as their tests expect; other people need none on a developer's machine. */
  async function provesWithCode(email: string): Promise<boolean> {
    return realm !== WORKSPACE && (await isTestUser(database.db, realm, email)) && (await emails.enabled())
  }
}

function signsUp({ interaction }: Step): boolean {
  return interaction.prompt.name === 'create'
}
