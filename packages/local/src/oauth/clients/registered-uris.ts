import type { Provider } from 'oidc-provider'
import { isRegisteredUri } from '../../domain/clients/redirect-uris.js'

/** Marks clients of the management API, whose redirect URIs are held to Scalekit's rules when they are saved. */
export const MANAGED = { managed_uris: true }

/** What oidc-provider demands of a redirect URI beyond being one that is safe to redirect to. */
const STRICTER =
  /redirect_uris (must only contain web uris|for native clients using http as a protocol|for native clients using claimed HTTPS)/

/** The part of oidc-provider's client validation that its documentation lets applications override. */
interface ClientSchema {
  readonly client_id?: string
  readonly managed_uris?: unknown
  invalidate(message: string, code?: string): void
}

/**
 * Makes every redirect URI usable that the management API accepts: with a wildcard, with a scheme of an application, on
 * an http host of a development environment. Clients that registered themselves keep oidc-provider's rules.
 */
export function acceptManagedUris({ Client }: Provider): void {
  const { redirectUriAllowed, postLogoutRedirectUriAllowed } = Client.prototype
  Client.prototype.redirectUriAllowed = function (uri) {
    const registered =
      isManaged(this.clientId, this.managed_uris) && isRegisteredUri(this.redirectUris ?? [], uri)
    return registered || redirectUriAllowed.call(this, uri)
  }
  Client.prototype.postLogoutRedirectUriAllowed = function (uri) {
    const registered =
      isManaged(this.clientId, this.managed_uris) && isRegisteredUri(this.postLogoutRedirectUris ?? [], uri)
    return registered || postLogoutRedirectUriAllowed.call(this, uri)
  }
  const { prototype } = (Client as unknown as { Schema: { prototype: ClientSchema } }).Schema
  const { invalidate } = prototype
  prototype.invalidate = function (message, code) {
    if (isManaged(this.client_id, this.managed_uris) && STRICTER.test(message)) return
    invalidate.call(this, message, code)
  }
}

/** A metadata document can claim the mark; its client ID is a URL. */
function isManaged(id: string | undefined, mark: unknown): boolean {
  return mark === true && /^(skc|m2m)_/.test(id ?? '')
}
