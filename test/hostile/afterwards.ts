import { isAlive } from './observe.js'
import { CLIENT_SECRET, type ServerUnderTest } from './server.js'

/** Whatever looks like a token, and the secrets of the played Scalekit. */
const SECRET = /eyJ[\w-]{5,}\.[\w-]{5,}\.|api-token-of-/

/**
 * What has to hold after all cases: no secret is written down, each request but probes has its record, the server lives.
 * @param forbidden what each case wants nowhere in the log
 */
export async function afterwards(
  server: ServerUnderTest,
  forbidden: ReadonlyMap<string, readonly string[]>,
): Promise<{ problems: string[]; byCase: Map<string, string[]> }> {
  const audit = await server.audit()
  const places = { log: server.log(), audit }
  const found = (texts: readonly string[]) =>
    Object.entries(places)
      .filter(([, written]) => texts.some((text) => written.includes(text)))
      .map(([place]) => `the ${place} contains what it must not`)
  const logged = places.log
    .split('\n')
    .filter((line) => line.includes('"msg":"request"') && !line.includes('"path":"/ready"'))
  const audited = await server.auditedRequests()
  const problems = [
    ...Object.entries(places)
      .filter(([, text]) => SECRET.test(text) || text.includes(CLIENT_SECRET))
      .map(([place]) => `the ${place} contains a token or a secret`),
    ...(logged.length === audited ? [] : [`${audited} records of the audit for ${logged.length} requests`]),
    ...(isAlive(server) ? [] : ['the server ended']),
  ]
  return { problems, byCase: new Map([...forbidden].map(([id, texts]) => [id, found(texts)])) }
}
