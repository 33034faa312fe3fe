import { X509Certificate } from 'node:crypto'

export type ReadCertificates =
  | { readonly certificates: readonly X509Certificate[]; readonly problem?: undefined }
  | { readonly certificates?: undefined; readonly problem: string }

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)(?:-----END [A-Z0-9 ]+-----|$)/g
/** Labels of RFC 7468, section 5, and the older ones that OpenSSL still reads. */
const LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']
// Blanks of any kind, byte order marks, and line ends that were escaped on their way.
const BLANKS = /[\s\u200b\ufeff]|\\r|\\n/g

/** How every certificate begins (ITU-T X.690, section 8.9). */
const SEQUENCE = 0x30

/**
 * The certificates of an identity provider, as people paste them: PEM or its base64 alone, with any line ends and
 * indentation, one or several of them. Each can verify the signatures that SAML uses here.
 */
export function readCertificates(text: string): ReadCertificates {
  const blocks = [...text.replace(/\\r|\\n/g, '\n').matchAll(BLOCK)]
  const other = blocks.find(([, label = '']) => !LABELS.includes(label))
  if (other !== undefined) return { problem: `must be an X.509 certificate, and this is a ${other[1]}` }
  const bodies = blocks.length > 0 ? blocks.map(([, , body = '']) => body) : [text]
  const certificates: X509Certificate[] = []
  for (const body of bodies) {
    const certificate = readOne(body.replace(/-----[A-Z0-9 ]*-----/g, '').replace(BLANKS, ''))
    if (typeof certificate === 'string') return { problem: certificate }
    certificates.push(certificate)
  }
  return { certificates }
}

/** One certificate or several, each as PEM with lines of 64 characters (RFC 7468, section 2). */
export function certificatesToPem(certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join('')
}

function readOne(base64: string): X509Certificate | string {
  const [, data = ''] = /^([A-Za-z0-9+/]+)=*$/.exec(base64) ?? []
  const der = Buffer.from(data, 'base64')
  if (der[0] !== SEQUENCE) return 'must be an X.509 certificate in PEM, or its base64'
  const certificate = parse(der)
  if (certificate === undefined || certificate.raw.length !== der.length) {
    return 'must be a whole X.509 certificate: this one is cut off or damaged'
  }
  const type = certificate.publicKey.asymmetricKeyType
  return type === 'rsa' ? certificate : `must have an RSA key, and this certificate has ${type ?? 'another'}`
}

function parse(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}
