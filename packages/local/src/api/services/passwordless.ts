import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type PasswordlessService, passwordless } from '@scalekit-mcp/api'
import { environmentType } from '../../domain/environments/environment-type.js'
import { mayMail } from '../../domain/passwordless/mail-limit.js'
import {
  isSpent,
  newPasswordlessRequest,
  PasswordlessData,
  type PasswordlessKind,
  passwordlessKind,
  redeem,
} from '../../domain/passwordless/passwordless-data.js'
import { recordAuthRequest } from '../../domain/sessions/auth-requests.js'
import type { Store } from '../../domain/store.js'
import { environmentOf } from '../request-context.js'

const DEFAULT_EXPIRY = 300
const LONGEST_EXPIRY = 24 * 3600

/** Codes and links by e-mail, for applications that sign people in with pages of their own. */
export function passwordlessHandlers(store: Store): Partial<ServiceImpl<typeof PasswordlessService>> {
  const { database, clock, outbox } = store
  return {
    async sendPasswordlessEmail(request, context) {
      const environment = environmentOf(context)
      const { email, template, state, magiclinkAuthUri, expiresIn, templateVariables } = request
      const kind = await passwordlessKind(database.db, environment)
      const data = PasswordlessData.parse({
        kind: withLink(kind, magiclinkAuthUri, await environmentType(database.db, environment)),
        template,
        state,
        magiclink_auth_uri: magiclinkAuthUri,
        expires_in: Math.min(expiresIn || DEFAULT_EXPIRY, LONGEST_EXPIRY),
        template_variables: templateVariables,
      })
      return send(environment, email.toLowerCase(), data)
    },

    async resendPasswordlessEmail({ authRequestId }, context) {
      const environment = environmentOf(context)
      const row = await database.db
        .selectFrom('passwordless_requests')
        .selectAll()
        .where('environment_id', '=', environment)
        .where('id', '=', authRequestId)
        .executeTakeFirst()
      if (!row) throw apiError(Code.NotFound, 'There is no such request: send a new one')
      const sent = await send(environment, row.email, PasswordlessData.parse(JSON.parse(row.data)))
      await database.db.deleteFrom('passwordless_requests').where('id', '=', row.id).execute()
      return sent
    },

    async verifyPasswordlessEmail({ authCredential, authRequestId = '' }, context) {
      const environment = environmentOf(context)
      const { case: kind, value } = authCredential
      if (kind === undefined || (kind === 'code' && authRequestId === '')) {
        throw apiError(Code.InvalidArgument, 'Give link_token, or code and auth_request_id')
      }
      if (kind === 'code' && (await isSpent(database.db, environment, authRequestId)))
        throw apiError(Code.ResourceExhausted, 'Too many wrong codes: send a new one')
      const credential =
        kind === 'code' ? { code: value, id: authRequestId } : { link: value, id: authRequestId }
      const row = await redeem(database.db, environment, clock.now(), credential)
      if (!row) {
        throw apiError(
          Code.InvalidArgument,
          'The code or link is wrong, was used, or has expired: send a new one',
        )
      }
      await recordAuthRequest(database, clock, {
        environment,
        email: row.email,
        status: 'success',
        details: { connection_type: 'PASSWORDLESS', workflow: 'HEADLESS' },
      })
      const data = PasswordlessData.parse(JSON.parse(row.data))
      return {
        email: row.email,
        template: data.template,
        passwordlessType: passwordless.PasswordlessType[data.kind],
        ...(data.state !== undefined && { state: data.state }),
      }
    },
  }

  async function send(environment: string, email: string, data: PasswordlessData) {
    if (!(await mayMail(store, environment, email)))
      throw apiError(Code.ResourceExhausted, 'Too many e-mails to this address: wait a minute')
    const { template_variables: variables = {} } = data
    const type = await environmentType(database.db, environment)
    const { row, code, link } = newPasswordlessRequest({ id: environment, type }, email, data, clock.now())
    await database.db.deleteFrom('passwordless_requests').where('expires_at', '<=', clock.now()).execute()
    await database.db.insertInto('passwordless_requests').values(row).execute()
    await outbox.put({
      kind: 'email',
      environment,
      to: email,
      subject: data.template === passwordless.TemplateType.SIGNUP ? 'Sign up' : 'Sign in',
      text: [code && `Your code is ${code}.`, link && `Open ${link}`].filter(Boolean).join('\n'),
      ...(code !== undefined && { code }),
      ...(link !== undefined && { link }),
      ...(Object.keys(variables).length > 0 && { variables }),
    })
    return {
      authRequestId: row.id,
      expiresAt: BigInt(Math.floor(row.expires_at / 1000)),
      expiresIn: data.expires_in,
      passwordlessType: passwordless.PasswordlessType[data.kind],
    }
  }
}

/**
 * What can be sent: a link needs the address of the application's page that takes it.
 * @throws {ConnectError} InvalidArgument
 */
function withLink(
  kind: PasswordlessKind,
  uri: string | undefined,
  environment: 'DEV' | 'PRD',
): PasswordlessKind {
  if (kind === 'OTP') return kind
  if (uri === undefined) {
    if (kind === 'LINK_OTP') return 'OTP'
    throw wrongUri('is required: the connection sends links')
  }
  const protocol = URL.canParse(uri) ? new URL(uri).protocol : ''
  if (protocol === 'https:' || (protocol === 'http:' && environment === 'DEV')) return kind
  throw wrongUri(environment === 'DEV' ? 'must be an http(s) URL' : 'must be an https URL')
}

function wrongUri(description: string) {
  return apiError(Code.InvalidArgument, `magiclink_auth_uri: ${description}`, {
    fieldViolations: [{ field: 'magiclink_auth_uri', description }],
  })
}
