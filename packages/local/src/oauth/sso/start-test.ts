import { beginConnectionTest } from '../../domain/connections/connection-tests.js'
import { newId } from '../../storage/ids.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { OAuthContext } from '../server/oauth-context.js'
import { startSso } from './start-sso.js'

/** Where to send the browser to try a connection; the management API has the result. Throws a `SignInRefusal`. */
export async function startTest(context: OAuthContext, connection: ConnectionRow): Promise<string> {
  const request = newId('test')
  const place = await startSso(context, connection, { kind: 'test', request })
  await beginConnectionTest(context, connection, request)
  return place
}
