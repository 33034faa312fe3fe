import { toJson } from '@bufbuild/protobuf'
import type { ServiceImpl } from '@connectrpc/connect'
import { type AuthService, auth } from '@scalekit-mcp/api'
import { answerOwnLogin, type LoginAnswer } from '../../domain/connections/own-login.js'
import { invalid } from '../../domain/domain-error.js'
import type { Store } from '../../domain/store.js'
import { AssertedIdentity } from '../../domain/users/asserted-identity.js'
import { newId } from '../../storage/ids.js'
import { required } from '../identity.js'
import { environmentOf } from '../request-context.js'

/** Bring your own authentication for MCP: the login page of an application says who has signed in. */
export function ownLoginHandlers(store: Store): Partial<ServiceImpl<typeof AuthService>> {
  return {
    async updateLoginUserDetails({ connectionId, loginRequestId, user }, context) {
      const answer = toAnswer(required(user, 'user'))
      const login = { connection: connectionId, loginRequest: loginRequestId }
      await answerOwnLogin(store, { environment: environmentOf(context) }, login, answer)
      return { authRequestId: newId('req') }
    },
  }
}

/** @throws {DomainError} `invalid` for somebody without `sub` or `email` */
function toAnswer(user: auth.User): LoginAnswer {
  if (user.loginFailed) return { failed: true }
  const violations = (['sub', 'email'] as const).flatMap((name) =>
    AssertedIdentity.shape[name].safeParse(user[name]).success
      ? []
      : [
          {
            field: `user.${name}`,
            description: name === 'sub' ? 'must be given' : 'must be an e-mail address',
          },
        ],
  )
  if (violations.length > 0) {
    throw invalid(
      violations.map(({ field, description }) => `${field}: ${description}`).join('; '),
      violations,
    )
  }
  const text = (value: string) => value || undefined
  const { roles, groups, customAttributes } = user
  return {
    identity: AssertedIdentity.parse({
      ...{ sub: user.sub, email: user.email.toLowerCase(), email_verified: true },
      ...{ name: text(user.name), given_name: text(user.givenName), family_name: text(user.familyName) },
      ...{ preferred_username: text(user.preferredUsername), phone_number: text(user.phoneNumber) },
      ...{ picture: text(user.picture), gender: text(user.gender), locale: text(user.locale) },
      ...(groups.length > 0 && { groups }),
      raw: toJson(auth.UserSchema, user, { useProtoFieldName: true }),
      claims: { ...customAttributes, ...(roles.length > 0 && { roles }) },
    }),
  }
}
