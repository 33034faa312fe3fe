import type { Store } from '../domain/store.js'
import type { ConnectionRow } from '../storage/registry-schema.js'

export interface PortalSamlIdp {
  readonly entityId: string
  readonly ssoUrl: string
  readonly binding: 'HTTP-Redirect' | 'HTTP-POST'
  readonly certificates: readonly string[]
}

/** What the admin portal works with. */
export interface PortalContext extends Store {
  /** Where to send the browser to try a connection. Throws a `SignInRefusal`. */
  startTest(connection: ConnectionRow): Promise<string>
  /** The SAML identity provider that metadata describes. Throws a `SignInRefusal` with the reason. */
  readSamlMetadata(source: { url: string } | { xml: string }): Promise<PortalSamlIdp>
  /** The metadata of the SAML identity provider that is simulated for a connection. */
  simulatorMetadataUrl(connection: ConnectionRow): string
}
