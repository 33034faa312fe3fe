import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'

/**
 * node-saml, which checks signatures and conditions, and its reading and signing of XML. It is an optional peer, of
 * this way to sign in only. Throws a `SignInRefusal` where it is not installed.
 */
export async function loadSaml() {
  try {
    const [saml, xml] = await Promise.all([
      import('@node-saml/node-saml'),
      import('@node-saml/node-saml/lib/xml.js'),
    ])
    const { SAML, SamlStatusError, ValidateInResponseTo, generateServiceProviderMetadata } = saml
    return { SAML, SamlStatusError, ValidateInResponseTo, generateServiceProviderMetadata, ...xml }
  } catch (error) {
    if (Object(error).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new SignInRefusal(
      'connection_not_supported',
      'Signing in through SAML needs a library: npm install @node-saml/node-saml. Or use an OIDC connection, or the identity provider simulator.',
    )
  }
}

export type SamlLibrary = Awaited<ReturnType<typeof loadSaml>>
