import { createPrivateKey } from 'node:crypto'
import { certificateOfKey } from '../../../tls/self-signed.js'
import type { OAuthContext } from '../../server/oauth-context.js'

/** An RSA key of SAML: PEM, and in base64 the certificate that carries its public half. */
export interface SamlKey {
  readonly pem: string
  readonly certificate: string
}

/** The key of an environment's service providers: it signs requests, and assertions are encrypted to it. */
export function serviceProviderKey(context: OAuthContext, environment: string): Promise<SamlKey> {
  return samlKey(context, `${environment}/saml`)
}

/** The same key at any time for the same name. */
export async function samlKey({ keys }: OAuthContext, name: string): Promise<SamlKey> {
  const [jwk] = (await keys.of(name)).privateJwks
  const key = createPrivateKey({ key: jwk as Record<string, unknown>, format: 'jwk' })
  return {
    pem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: certificateOfKey(key).toString('base64'),
  }
}
