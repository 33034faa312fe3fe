import { interactionPolicy } from 'oidc-provider'
import { SELECTORS } from '../../domain/connections/select-connection.js'

const { base, Check } = interactionPolicy

/**
 * When a person is asked something: as OpenID Connect says, and whenever a request chooses a connection or an
 * organization, because a session that came about otherwise does not count for it.
 */
export function promptPolicy(): ReturnType<typeof base> {
  const policy = base()
  policy.get('login')?.checks.add(
    new Check('connection_chosen', 'the request chooses how to sign in', (ctx) => {
      const { params, result } = ctx.oidc
      const chosen = SELECTORS.some((name) => params?.[name] !== undefined)
      return chosen && result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    }),
  )
  return policy
}
