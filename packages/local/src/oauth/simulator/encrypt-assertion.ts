import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto'

const XMLENC = 'http://www.w3.org/2001/04/xmlenc#'

/**
 * A response with its assertion encrypted (SAML 2.0 Core, section 2.3.4): with AES-GCM, and its key with RSA-OAEP to
 * the certificate of the service provider (XML Encryption 1.1, sections 5.2.4 and 5.5.2).
 */
export function encryptAssertion(xml: string, certificate: string): string {
  return xml.replace(/<saml:Assertion .*<\/saml:Assertion>/s, (assertion) => {
    const own = assertion.includes('xmlns:saml=')
      ? assertion
      : assertion.replace(
          '<saml:Assertion ',
          '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ',
        )
    const [key, iv] = [randomBytes(32), randomBytes(12)]
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    const data = Buffer.concat([iv, cipher.update(own, 'utf8'), cipher.final(), cipher.getAuthTag()])
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'))
    const wrapped = publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      key,
    )
    const value = (bytes: Buffer) =>
      `<xenc:CipherData><xenc:CipherValue>${bytes.toString('base64')}</xenc:CipherValue></xenc:CipherData>`
    return [
      `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData xmlns:xenc="${XMLENC}" Type="${XMLENC}Element">`,
      '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>',
      `<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="${XMLENC}rsa-oaep-mgf1p"><DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/></xenc:EncryptionMethod>`,
      `${value(wrapped)}</xenc:EncryptedKey></KeyInfo>${value(data)}</xenc:EncryptedData></saml:EncryptedAssertion>`,
    ].join('')
  })
}
