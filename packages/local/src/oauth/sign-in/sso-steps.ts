import { connectionOfDomain } from '../../domain/connections/domain-connections.js'
import { SignInRefusal } from '../../domain/connections/sign-in-refusal.js'
import { domainOf } from '../../domain/domains/domain-data.js'
import { WORKSPACE } from '../../domain/environments/realm.js'
import { findPerson, type Person } from '../../domain/users/people.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { checkedResult, type SsoResult, ssoResult, takeOutcome } from '../sso/sso-result.js'
import { startSso } from '../sso/start-sso.js'
import { circumstances } from './circumstances.js'
import { formAction } from './interaction.js'
import { noteSignIn } from './note-sign-in.js'
import { keptAssertions, type Proof } from './proof.js'
import type { Step } from './step.js'

export interface SsoOutcomes {
  finish(step: Step, person: Person, given: Proof): Promise<void>
  refuse(step: Step, refusal: SignInRefusal): Promise<void>
  /** Asks for the code of an e-mail that proves an address. */
  checkMail(step: Step, email: string): Promise<void>
}

/** Signing in at an identity provider: going there, and what follows from its answer. */
export function createSsoSteps(context: OAuthContext, server: AuthorizationServer, outcomes: SsoOutcomes) {
  const { realm } = server
  const assertions = keptAssertions(context, realm)

  async function goTo(step: Step, connection: ConnectionRow, loginHint?: string): Promise<void> {
    const { response, interaction } = step
    const page = formAction(server, interaction)
    const purpose = { kind: 'sign-in', uid: interaction.uid, page, email: loginHint } as const
    return orRefuse(step, async () => {
      const place = await startSso(context, connection, purpose, loginHint)
      response.set('Cache-Control', 'no-store').redirect(303, place)
    })
  }

  async function takeAnswer(step: Step): Promise<void> {
    const { request, interaction } = step
    const { uid } = interaction
    const about = circumstances(request, interaction.params)
    return orRefuse(step, async () => {
      const outcome = await takeOutcome(context, realm, { uid, ticket: String(request.query.ticket ?? '') })
      const { email, connection } = outcome
      return orRefuse(step, async () => goOn(step, await ssoResult(context, realm, outcome, about)), {
        email,
        connection,
      })
    })
  }

  async function goOn(step: Step, result: SsoResult): Promise<void> {
    if (result.kind === 'elsewhere') return goTo(step, result.connection, result.email)
    if (result.kind === 'person') return finish(step, result)
    await assertions.put(step.interaction.uid, { connection: result.connection, identity: result.identity })
    return outcomes.checkMail(step, result.identity.email)
  }

  /** Goes on with what an identity provider said, if it said it about this address, which is proven now. */
  async function takeCheckedMail(step: Step, email: string): Promise<boolean> {
    const { request, interaction } = step
    const kept = await assertions.get(interaction.uid)
    if (kept?.identity.email.toLowerCase() !== email.toLowerCase()) return false
    const assertion = await assertions.take(interaction.uid)
    if (assertion === undefined) return false
    const about = circumstances(request, interaction.params)
    await orRefuse(step, async () => finish(step, await checkedResult(context, realm, assertion, about)), {
      email,
      connection: assertion.connection,
    })
    return true
  }

  async function finish(step: Step, result: SsoResult & { kind: 'person' }) {
    const person = await findPerson(context.database, realm, result.userId)
    if (person === undefined) throw new SignInRefusal('access_denied', 'The user was deleted.')
    const { organization, connection, claims } = result
    return outcomes.finish(step, person, {
      amr: [connection],
      ...(organization !== undefined && { organization }),
      ...(claims && { claims }),
    })
  }

  /** @param attempt what the log notes where the sign-in is refused: whose it was, and through which connection */
  async function orRefuse(
    step: Step,
    action: () => Promise<void>,
    attempt?: { readonly email: string; readonly connection: string },
  ): Promise<void> {
    try {
      await action()
    } catch (refusal) {
      if (!(refusal instanceof SignInRefusal)) throw refusal
      if (attempt) await noteSignIn(context, server, step.interaction, { ...attempt, person: undefined })
      await outcomes.refuse(step, refusal)
    }
  }

  return {
    goTo,
    takeAnswer,
    takeCheckedMail,
    orRefuse,

    /** Home realm discovery: the connection of an address, unless the request chose an organization. */
    async homeOf({ interaction }: Step, email: string): Promise<ConnectionRow | undefined> {
      if (realm === WORKSPACE || !email.includes('@') || interaction.params.organization_id) return undefined
      return connectionOfDomain(context.database.db, realm, domainOf(email))
    },
  }
}
