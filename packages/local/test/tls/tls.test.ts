import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import http2 from 'node:http2'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'

const folder = mkdtempSync(join(tmpdir(), 'local-tls-'))
let local: LocalScalekit
let ca: Buffer
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0, tls: folder })
  ca = readFileSync(local.certFile ?? '')
})
afterAll(async () => {
  await local.close()
  rmSync(folder, { recursive: true })
})

function get(path: string, options: https.RequestOptions): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = https.get(local.url + path, options, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    sent.on('error', reject)
  })
}

it('is this machine’s own certificate, and no authority', () => {
  const certificate = new X509Certificate(ca)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.ca).toBe(false)
  expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  expect(certificate.checkHost('example.com')).toBeUndefined()
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  const days = (Date.parse(certificate.validTo) - Date.now()) / (24 * 3600 * 1000)
  expect(days).toBeGreaterThan(800)
  expect(days).toBeLessThan(825)
  expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600)
})

it('serves HTTP/1.1 to who trusts it, by name and by both addresses, and says https in every URL', async () => {
  const { status, body } = await get('/workspace/.well-known/openid-configuration', { ca })
  expect(status).toBe(200)
  const { issuer, token_endpoint } = JSON.parse(body) as Record<string, string>
  expect([issuer, token_endpoint]).toEqual([
    `${local.url}/workspace`,
    expect.stringMatching(/^https:\/\/localhost:/),
  ])
  for (const host of ['127.0.0.1', '::1']) {
    expect((await get('/workspace/keys', { ca, host, servername: '' })).status).toBe(200)
  }
})

it('serves HTTP/2 to who asks for it by ALPN', async () => {
  const session = http2.connect(local.url, { ca })
  const status = await new Promise((resolve, reject) => {
    const stream = session.request({
      ':path': '/scalekit.v1.organizations.OrganizationService/ListOrganization',
      ':method': 'POST',
      'content-type': 'application/grpc',
    })
    stream.once('trailers', (trailers) => resolve(trailers['grpc-status']))
    stream.once('error', reject)
    stream.end(Buffer.alloc(5)) // one empty message
    stream.resume()
  })
  expect(session.alpnProtocol).toBe('h2')
  session.close()
  expect(status).toBe('16')
})

it('refuses who does not trust it, who speaks no TLS, and old TLS', async () => {
  await expect(get('/workspace/keys', {})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  await expect(fetch(local.url.replace('https:', 'http:'))).rejects.toThrow()
  const old = tls.connect({
    port: local.port,
    host: '127.0.0.1',
    ca,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
  })
  await expect(
    new Promise((resolve, reject) => old.on('secureConnect', resolve).on('error', reject)),
  ).rejects.toThrow()
})

it('keeps its certificate from start to start', async () => {
  const again = await createLocalScalekit({ ...(await emptyStorage()), port: 0, tls: folder })
  await again.close()
  expect(readFileSync(again.certFile ?? '').equals(ca)).toBe(true)
})

it('serves the pages to a browser or curl, which offer HTTP/2 as well', async () => {
  const { port } = new URL(local.url)
  const socket = tls.connect({
    port: Number(port),
    host: '127.0.0.1',
    ca,
    servername: 'localhost',
    ALPNProtocols: ['h2', 'http/1.1'],
  })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  expect(socket.alpnProtocol).toBe('http/1.1')
  socket.destroy()
})
