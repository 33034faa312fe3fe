import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { SELECTORS } from '../../domain/connections/select-connection.js'
import { isFirstParty } from '../sign-in/first-party-grant.js'
import type { ServerIdentity } from './oauth-context.js'

const { base, Check } = interactionPolicy

/**
 * When a person is asked something: as OpenID Connect says, and whenever a request chooses a connection or an
 * organization, because a session that came about otherwise does not count for it.
 */
export function promptPolicy(server: ServerIdentity): ReturnType<typeof base> {
  const policy = base()
  policy.get('login')?.checks.add(
    new Check('connection_chosen', 'the request chooses how to sign in', (ctx) => {
      const { params, result } = ctx.oidc
      const chosen = SELECTORS.some((name) => params?.[name] !== undefined)
      return chosen && result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    }),
  )

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
