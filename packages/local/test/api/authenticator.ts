import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { ConnectionService, connections } from '@scalekit-mcp/api'
import type { Wire } from './every-method/wire.js'

/** Lets the users of the environment have passkeys. */
export async function enablePasskeys(wire: Wire): Promise<void> {
  const api = wire.client(ConnectionService)
  const kind = {
    type: connections.ConnectionType.WEBAUTHN,
    provider: connections.ConnectionProvider.SCALEKIT,
  }
  const { connection } = await api.createEnvironmentConnection({ connection: kind })
  await api.enableEnvironmentConnection({ connectionId: connection?.id ?? '' })
}

interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id?: string }
}

/** A passkey as the browser returns it, in bytes as the API wants them. */
export interface MadePasskey {
  readonly credentialId: Uint8Array
  readonly attestationObject: Uint8Array
  readonly clientDataJson: Uint8Array
}

/** User present, user verified, and a new key (W3C Web Authentication, section 6.1). */
const FLAGS = 0x01 | 0x04 | 0x40

/** A browser with an authenticator, which makes a passkey on a page of an origin (W3C Web Authentication, section 6.5). */
export function makePasskey(options: unknown, origin: string): MadePasskey {
  const { challenge, rp } = options as CreationOptions
  const credentialId = randomBytes(16)
  const clientData = { type: 'webauthn.create', challenge, origin, crossOrigin: false }
  const authenticatorData = Buffer.concat([
    createHash('sha256')
      .update(rp.id ?? '')
      .digest(),
    Buffer.from([FLAGS, 0, 0, 0, 0]),
    Buffer.alloc(16),
    Buffer.from([0, credentialId.length]),
    credentialId,
    coseKey(),
  ])
  const attestationObject = Buffer.concat([
    Buffer.from([0xa3]),
    ...[cborText('fmt'), cborText('none')],
    ...[cborText('attStmt'), Buffer.from([0xa0])],
    ...[cborText('authData'), cborBytes(authenticatorData)],
  ])
  return { credentialId, attestationObject, clientDataJson: Buffer.from(JSON.stringify(clientData)) }
}

/** A new public key on P-256 for ES256 (RFC 9053, section 7.1.1). */
function coseKey(): Buffer {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const [first, second] = [x, y].map((one) => cborBytes(Buffer.from(one, 'base64url')))
  const parts = [[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21], first ?? [], [0x22], second ?? []]
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}

/** RFC 8949, section 3.1; shorter than 24 bytes. */
function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x58, bytes.length]), bytes])
}
