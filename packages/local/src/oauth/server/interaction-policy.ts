import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { actingOrganizations } from '../sign-in/acting-organization.js'
import { isFirstParty } from '../sign-in/first-party-grant.js'
import { openedInvitation } from '../sign-in/opened-invitation.js'
import type { ServerIdentity } from './oauth-context.js'

const { base, Check, Prompt } = interactionPolicy

/** Parameters that choose how to sign in, whatever session exists. */
const WAYS = ['provider', 'connection_id', 'domain', 'domain_hint']

/**
 * When a person is asked something: as OpenID Connect says; when a request chooses how to sign in, or an organization that
 * the session was not used for yet; when an invitation was opened in this browser; and for the chooser and the sign-up.
 */
export function promptPolicy(server: ServerIdentity): ReturnType<typeof base> {
  const { context, realm } = server
  const policy = base()
  policy.get('login')?.checks.add(
    new Check(
      'connection_chosen',
      'the request chooses how to sign in',
      'interaction_required',
      async (ctx) => {
        const { params, result, session } = ctx.oidc
        if (result?.login !== undefined || result?.select_account !== undefined)
          return Check.NO_NEED_TO_PROMPT
        if (WAYS.some((name) => params?.[name])) return Check.REQUEST_PROMPT
        const organization = params?.organization_id
        if (!organization) return Check.NO_NEED_TO_PROMPT
        return (await actingOrganizations(context, realm).get(session?.uid)) !== organization
      },
    ),
  )
  policy.get('login')?.checks.add(
    new Check('invitation_opened', 'an invitation waits', 'interaction_required', async (ctx) => {
      if (ctx.oidc.result?.login !== undefined) return Check.NO_NEED_TO_PROMPT
      return (await openedInvitation(context, realm, ctx.get('cookie'))) !== undefined
    }),
  )
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 2)

  // RFC 8252, section 8.6: others can claim the redirect URI of a native client, so a person is asked each time.
  const consent = policy.get('consent')?.checks
  const askNative = consent?.get('native_client_prompt')
  consent?.remove('native_client_prompt')
  if (askNative !== undefined) {
    const { reason, description, error = 'interaction_required', check } = askNative
    consent?.add(new Check(reason, description, error, unlessFirstParty(server, check)), 1)
  }
  return policy
}

/** An application of the environment asks for no consent, and gets a new code without a page (`prompt=none`). */
function unlessFirstParty(
  server: ServerIdentity,
  check: (ctx: KoaContextWithOIDC) => boolean | Promise<boolean>,
) {
  return (ctx: KoaContextWithOIDC) => (isFirstParty(ctx, server) ? Check.NO_NEED_TO_PROMPT : check(ctx))
}
