import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'

/** A certificate for `localhost`, by an authority that only this test knows. Paths of PEM files. */
export interface Certificate {
  readonly authority: string
  readonly certificate: string
  readonly key: string
  remove(): void
}

/** Creates an authority and its certificate with OpenSSL. */
export function issueCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const file = (name: string) => join(folder, name)
  const issue = (name: string, ...options: string[]) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)]
    execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, ...files, ...options], { stdio: 'pipe' })
  }
  issue('authority', '-subj', '/CN=Authority of a test')
  const issuer = ['-CA', file('authority.pem'), '-CAkey', file('authority.key')]
  const extensions = ['subjectAltName=DNS:localhost', 'basicConstraints=critical,CA:FALSE']
  issue('server', ...issuer, '-subj', '/CN=localhost', ...extensions.flatMap((each) => ['-addext', each]))
  return {
    authority: file('authority.pem'),
    certificate: file('server.pem'),
    key: file('server.key'),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** `fetch` for a host whose certificate comes from this authority. Redirects are not followed. */
export function fetchTrusting({ authority }: Certificate) {
  const ca = readFileSync(authority)
  return async (url: string | URL, { method, headers, body, signal }: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      const options: RequestOptions = {
        ca,
        method: method ?? 'GET',
        headers: Object.fromEntries(new Headers(headers)),
        ...(signal ? { signal } : {}),
      }
      const sent = request(url, options, (answer) => {
        const status = answer.statusCode ?? 0
        const given = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        )
        const content = status === 202 || status === 204 ? null : (Readable.toWeb(answer) as ReadableStream)
        resolve(new Response(content, { status, headers: given }))
      })
      sent.once('error', reject).end(body)
    })
}
