import type { Store } from '../domain/store.js'
import type { ConnectionRow } from '../storage/registry-schema.js'

/** What the admin portal works with. */
export interface PortalContext extends Store {
  /** Where to send the browser to try a connection. Throws a `SignInRefusal`. */
  startTest(connection: ConnectionRow): Promise<string>
  /** The metadata of the SAML identity provider that is simulated for a connection. */
  simulatorMetadataUrl(connection: ConnectionRow): string
}
