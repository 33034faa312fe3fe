import type { NextFunction, Request, Response } from 'express'
import { proxyTarget } from '../../domain/agent-tools/proxy-target.js'
import { mayUseApi } from '../../domain/clients/api-access.js'
import { findAccount } from '../../domain/connected-accounts/connected-account-data.js'
import { usableAccount } from '../../domain/connected-accounts/usable-account.js'
import { DomainError, invalid } from '../../domain/domain-error.js'
import { isRealmName, WORKSPACE } from '../../domain/environments/realm.js'
import type { AgentContext } from '../agent-context.js'
import { REFUSALS, sendApiError } from '../api-error.js'
import { forward, NoAnswer } from './forward.js'
import { proxiedPath } from './proxied-path.js'

type ProxyRequest = Request<{ realm: string }>

const COLD =
  'Token empty. The official Node SDK 2.11.0 sends no token if `actions.request` is the first call of a client, and does not retry: make another call first'
const WRONG =
  'Token invalid, expired, revoked or for another environment: get a new one with client credentials'

const UNSENDABLE =
  'The credentials of the account have characters that no header can have: update the account'

/**
 * The proxy to the APIs of providers. `<environment>/proxy<path>` forwards a request with the credentials of the connected
 * account that the headers `connection_name` and `identifier` select.
 */
export function proxyHandler(context: AgentContext) {
  return async (request: ProxyRequest, response: Response, next: NextFunction): Promise<void> => {
    const { realm } = request.params
    if (!isRealmName(realm) || realm === WORKSPACE) return next()
    const authorization = request.get('authorization')
    const principal = await context.authenticate(authorization ?? null)
    if (principal?.kind !== 'client' || principal.realm !== realm) {
      response.set('WWW-Authenticate', authorization ? 'Bearer error="invalid_token"' : 'Bearer')
      return sendApiError(response, 'UNAUTHENTICATED', authorization ? WRONG : COLD)
    }
    if (!(await mayUseApi(context.database.db, principal.clientId)))
      return sendApiError(response, 'PERMISSION_DENIED', 'This client may not use the API')
    try {
      if (request.method === 'TRACE') throw invalid('TRACE would return the credentials of the account')
      const path = proxiedPath(request.url)
      const by = {
        connector: selector(request, 'connection_name'),
        identifier: selector(request, 'identifier'),
      }
      const account = await usableAccount(context, await findAccount(context.database.db, realm, by))
      await forward(request, response, await proxyTarget(context, account), path)
    } catch (error) {
      if (response.headersSent) throw error
      refuse(response, error)
    }
  }
}

/** Reads a header that selects the account. The Python SDK can send it twice, in two spellings. */
function selector({ headersDistinct }: ProxyRequest, name: string): string {
  const [value = '', ...others] = new Set(headersDistinct[name]?.map((text) => text.trim()))
  if (value !== '' && others.length === 0) return value
  throw invalid(`Send the header ${name} once: connection_name and identifier name the connected account`)
}

function refuse(response: Response, error: unknown): void {
  if (error instanceof DomainError) sendApiError(response, REFUSALS[error.code], error.message)
  else if (error instanceof NoAnswer)
    sendApiError(response, error.late ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE', `The provider ${error.message}`)
  else if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_CHAR')
    sendApiError(response, 'FAILED_PRECONDITION', UNSENDABLE)
  else throw error
}
