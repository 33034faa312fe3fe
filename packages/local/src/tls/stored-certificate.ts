import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unusable } from '../storage/data-folder.js'
import { type Certificate, createCertificate } from './self-signed.js'

const RENEW_MS = 30 * 24 * 3600 * 1000

export interface StoredCertificate extends Certificate {
  /** The file that clients are told to trust, for example with NODE_EXTRA_CA_CERTS. */
  readonly certFile: string
}

/** The certificate in a folder: made by the first start, kept for later ones, and made anew in its last 30 days. */
export async function storedCertificate(folder: string): Promise<StoredCertificate> {
  const certFile = join(folder, 'cert.pem')
  const keyFile = join(folder, 'key.pem')
  try {
    const kept = await read(certFile, keyFile)
    if (kept) return { ...kept, certFile }
    const made = createCertificate(new Date())
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(keyFile, made.key, { mode: 0o600 })
    await writeFile(certFile, made.cert)
    return { ...made, certFile }
  } catch (cause) {
    throw unusable(folder, cause)
  }
}

async function read(certFile: string, keyFile: string): Promise<Certificate | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
    return Date.parse(new X509Certificate(cert).validTo) - Date.now() > RENEW_MS ? { cert, key } : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
