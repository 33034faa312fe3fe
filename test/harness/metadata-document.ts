import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A client ID metadata document on this machine, over TLS: clients take no other URL. */
export interface MetadataDocument {
  readonly url: string
  /** Path of the certificate, for NODE_EXTRA_CA_CERTS of who fetches it. */
  readonly certificate: string
  close(): Promise<void>
}

/** Publishes a document that describes the test client. */
export async function serveMetadataDocument(): Promise<MetadataDocument> {
  const directory = mkdtempSync(join(tmpdir(), 'metadata-document-'))
  const key = join(directory, 'key.pem')
  const certificate = join(directory, 'certificate.pem')
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
      ],
      ...[
        '-keyout',
        key,
        '-out',
        certificate,
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
      ],
    ],
    { stdio: 'pipe' },
  )
  let url = ''
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, res) => {
    res.setHeader('content-type', 'application/json')
    res.end(
      JSON.stringify({
        client_id: url,
        client_name: 'Test client with a document',
        redirect_uris: ['http://127.0.0.1:33418/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  url = `https://localhost:${(server.address() as AddressInfo).port}/client.json`
  return {
    url,
    certificate,
    async close() {
      await new Promise((resolve) => server.close(resolve))
      rmSync(directory, { recursive: true })
    },
  }
}
