import { connectionFor } from '../../domain/connections/select-connection.js'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { WORKSPACE } from '../../domain/environments/realm.js'
import { acceptInvitation } from '../../domain/users/accept-invitation.js'
import { joinByDomain } from '../../domain/users/join-organization.js'
import { findPerson, type Person } from '../../domain/users/people.js'
import { foundOrganization } from '../../domain/users/sign-up.js'
import { newCsrfToken } from '../../http/page/csrf.js'
import { sendPage } from '../../http/page/send-page.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { actingOrganizations } from './acting-organization.js'
import { askBeforeSession } from './before-session.js'
import { chooseOrganization, type OrganizationOffer } from './choose-organization.js'
import { circumstances } from './circumstances.js'
import { clientName, formAction } from './interaction.js'
import { noteSignIn } from './note-sign-in.js'
import { OrganizationPage } from './pages/organization-page.js'
import { keptProofs, type Proof } from './proof.js'
import type { Step } from './step.js'

/** The prompts that a finished sign-in has answered. */
const ANSWERED = { create: {}, select_account: {} }

/** How a sign-in goes on when the conclusion needs something else. */
export interface Elsewhere {
  /** Shows the sign-in page again. */
  show(step: Step, refused: { email: string; problem: string }): Promise<void>
  /** Sends the browser to the identity provider of an organization, if it has one. */
  goToOrganization(step: Step, organization: string, email: string): Promise<boolean>
}

/** The end of a sign-in: who they are is known; what is left is the organization in which they act. */
export function createConclusion(context: OAuthContext, server: AuthorizationServer, elsewhere: Elsewhere) {
  const { provider, realm } = server
  const { database, clock } = context
  const proofs = keptProofs(context, realm)

  async function finish(step: Step, person: Person, given?: Proof): Promise<void> {
    const { request, interaction } = step
    const proof = given ?? (await proofs.get(interaction.uid, person.id)) ?? { amr: ['local'] }
    const { organization_id: asked } = interaction.params
    const answer: unknown = request.body?.organization
    const choice = await chooseOrganization(context, realm, person, {
      asked: asked ?? (proof.session ? await actingNow(step) : proof.invitedTo),
      proven: proof.organization,
      answer,
    })
    if (choice.kind === 'ask') return ask(step, person, proof, choice.offers)
    if (choice.kind === 'refused') {
      // Whoever comes from an identity provider, or is signed in, has no other person to choose here.
      return given === undefined
        ? elsewhere.show(step, { email: person.email, problem: choice.refusal.message })
        : turnAway(step, person, proof, choice.refusal)
    }
    const organization = await enter(person, choice.offer)
    if (organization instanceof SignInRefusal) return turnAway(step, person, proof, organization)
    // Each organization keeps its own way to sign in: entering another one goes through its identity provider.
    const entersAnother = proof.session || answer !== undefined
    if (organization !== undefined && entersAnother && proof.organization !== organization)
      if (await elsewhere.goToOrganization(step, organization, person.email)) return
    return conclude(step, person, proof, organization)
  }

  async function conclude(step: Step, person: Person, proof: Proof, organization: string | undefined) {
    const { request, response, interaction } = step
    const login = { accountId: person.id, amr: proof.amr }
    const inside = organization === undefined ? {} : { organization }
    const about = circumstances(request, interaction.params)
    const verdict = await askBeforeSession(context, realm, { login, ...inside }, about)
    if (!verdict.allowed)
      return turnAway(step, person, proof, new SignInRefusal('access_denied', verdict.message))
    const addedClaims = { ...proof.claims, ...verdict.claims }
    if (organization !== undefined && realm !== WORKSPACE) {
      const accepted = { organization, user: person.id }
      await database.transaction((db) => acceptInvitation(db, clock, accepted))
    }
    const acting = await findPerson(database, realm, person.id, organization)
    const [connection] = proof.amr
    const attempt = { email: person.email, person: acting ?? person, connection }
    await noteSignIn(context, server, interaction, attempt)
    const result = { ...(proof.session ? {} : { login }), ...inside, addedClaims, ...ANSWERED }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  /** Does what choosing an organization does, and gives its id. */
  async function enter(
    { id: user }: Person,
    offer: OrganizationOffer | undefined,
  ): Promise<string | undefined | SignInRefusal> {
    try {
      if (offer?.entry === 'creates') return await foundOrganization(context, realm, user)
      if (offer?.entry === 'joins') await joinByDomain(context, realm, { organization: offer.id, user })
      return offer?.id
    } catch (refusal) {
      if (refusal instanceof SignInRefusal) return refusal
      throw refusal
    }
  }

  async function ask(step: Step, person: Person, proof: Proof, offers: OrganizationOffer[]): Promise<void> {
    const { request, response, interaction } = step
    await proofs.put(interaction.uid, person.id, proof)
    const action = formAction(server, interaction)
    const view = { client: await clientName(server, interaction), person, offers }
    const csrf = newCsrfToken(request, response, action)
    sendPage(response, <OrganizationPage {...view} {...{ action, csrf }} />, { leadsAway: true })
  }

  /** Refuses somebody who has proven who they are. */
  async function turnAway(step: Step, { email }: Person, { amr }: Proof, refusal: SignInRefusal) {
    const [connection] = amr
    await noteSignIn(context, server, step.interaction, { email, person: undefined, connection })
    return refuse(step, refusal)
  }

  async function refuse({ request, response }: Step, { code, message }: SignInRefusal): Promise<void> {
    const refused = { error: code, error_description: message }
    await provider.interactionFinished(request, response, refused, { mergeWithLastSubmission: false })
  }

  /** The organization of the session, unless the request asks for the chooser. */
  async function actingNow({ interaction }: Step): Promise<string | undefined> {
    if (interaction.prompt.name === 'select_account') return undefined
    return actingOrganizations(context, realm).get(interaction.session?.uid)
  }

  return {
    finish,
    refuse,
    /** Whether somebody has proven who they are in this sign-in, and was asked for an organization. */
    isProven: async ({ interaction }: Step, { id }: Person) =>
      (await proofs.get(interaction.uid, id)) !== undefined,
  }
}

/** The connection that people of an organization sign in through. */
export function connectionOfOrganization({ database }: OAuthContext, realm: string, organization: string) {
  return connectionFor(database.db, realm, { organization_id: organization })
}

/** The organization whose connection somebody signed in through. */
export async function organizationOfConnection(
  { database }: OAuthContext,
  connection: string | undefined,
): Promise<string | undefined> {
  const row = await database.db
    .selectFrom('connections')
    .select('organization_id')
    .where('id', '=', connection ?? '')
    .executeTakeFirst()
  return row?.organization_id ?? undefined
}
