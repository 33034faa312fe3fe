import { CLIENT_SECRET, type ServerUnderTest } from './server.js'

/** Whatever looks like a token, and the secrets of the played Scalekit. */
const SECRET = /eyJ[\w-]{5,}\.[\w-]{5,}\.|api-token-of-/

/** What has to hold after all cases: no secret is written down, each request but probes has its record, the server lives. */
export async function afterwards(server: ServerUnderTest, forbidden: ReadonlySet<string>): Promise<string[]> {
  const audit = await server.audit()
  const places = { log: server.log(), audit }
  // A token of a few letters may be part of any word.
  const secrets = [CLIENT_SECRET, ...[...forbidden].filter((text) => text.length > 20)]
  const isLeak = (text: string) => SECRET.test(text) || secrets.some((secret) => text.includes(secret))
  const requests = places.log.split('\n').filter((line) => line.includes('"msg":"request"'))
  const logged = requests.filter((line) => !line.includes('"path":"/ready"')).length
  const audited = places.audit.match(/"type":"request"/g)?.length ?? 0
  return [
    ...Object.entries(places)
      .filter(([, text]) => isLeak(text))
      .map(([place]) => `the ${place} holds a token or a secret`),
    ...(logged === audited ? [] : [`${audited} records of the audit for ${logged} requests`]),
    ...(server.process.exitCode === null ? [] : ['the server ended']),
  ]
}
