import { type Request, type Response, Router, urlencoded } from 'express'
import { providerOf } from '../../domain/agent-tools/account-for-call.js'
import type { CredentialField } from '../../domain/agent-tools/connector.js'
import { credentialRequests } from '../../domain/connected-accounts/account-requests.js'
import { updateAccount } from '../../domain/connected-accounts/connected-account-changes.js'
import { findAccount, lookUpAccount } from '../../domain/connected-accounts/connected-account-data.js'
import { credentialFields, formDetails } from '../../domain/connected-accounts/credential-fields.js'
import { isRealmName } from '../../domain/environments/realm.js'
import { csrfToken, newCsrfToken, spendCsrfToken } from '../../http/page/csrf.js'
import { refuseForm } from '../../http/page/refuse-form.js'
import { sendPage } from '../../http/page/send-page.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { ClosedLinkPage, ConnectedPage, CredentialPage } from './account-pages.js'

type FormRequest = Request<{ realm: string; ticket: string }>

/** The form where a user enters a key, a token, or a name and a password. It is open for ten minutes, and saved once. */
export function credentialRoutes(context: OAuthContext): Router {
  const { database, clock, agentTools } = context
  const router = Router()

  router.get('/:realm/connect/:ticket', async (request: FormRequest, response, next) => {
    if (!isRealmName(request.params.realm)) return next()
    const form = await openForm(request)
    if (form === undefined) return closed(response)
    sendPage(response, <CredentialPage {...form.view} csrf={csrfToken(request, response)} />)
  })

  const form = urlencoded({ extended: false, limit: '64kb' })
  router.post('/:realm/connect/:ticket', form, async (request: FormRequest, response, next) => {
    const { realm, ticket } = request.params
    if (!isRealmName(realm)) return next()
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    const opened = await openForm(request)
    if (opened === undefined) return closed(response)
    const { values, missing } = readFields(opened.view.fields, Object(request.body))
    if (missing.length > 0) {
      const problem = `Fill in: ${missing.join(', ')}.`
      const view = { ...opened.view, csrf: newCsrfToken(request, response), values, problem }
      return sendPage(response, <CredentialPage {...view} />, { status: 422 })
    }
    if ((await credentialRequests(context, realm).take(ticket)) === undefined) return closed(response)
    await database.transaction(async (db) => {
      const account = await findAccount(db, realm, { id: opened.account.id })
      const details = formDetails(account.connection_type, values)
      await updateAccount(db, clock, account, { details })
    })
    sendPage(response, <ConnectedPage />)
  })
  return router

  async function openForm({ params: { realm, ticket } }: FormRequest) {
    const asked = await credentialRequests(context, realm).get(ticket)
    const account = asked && (await lookUpAccount(database.db, realm, asked.account))
    if (account === undefined) return undefined
    const toolbox = await agentTools.catalogue.of(realm)
    const provider = providerOf(account)
    const fields = await credentialFields(context, toolbox, account, provider)
    const connector = toolbox.connector(provider)?.display_name ?? account.connector
    return { account, view: { connector, identifier: account.identifier, fields } }
  }
}

function readFields(fields: readonly CredentialField[], body: Record<string, unknown>) {
  const entries = fields.map((field) => ({ field, value: String(body[field.field_name] ?? '').trim() }))
  const filled = entries.filter(({ value }) => value !== '')
  return {
    values: Object.fromEntries(filled.map(({ field, value }) => [field.field_name, value])),
    missing: entries
      .filter(({ field, value }) => field.required && value === '')
      .map(({ field }) => field.label),
  }
}

function closed(response: Response): void {
  sendPage(response, <ClosedLinkPage />, { status: 410 })
}
