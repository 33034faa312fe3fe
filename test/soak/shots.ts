import type { Shot } from '../../bench/load.js'
import type { SoakServer } from './server.js'

export const CALLERS = 200
/** Of the calls, one in so many goes to the management API. */
const UPSTREAM_EVERY = 20

/** A token for each of the callers, who are told apart by their client. */
export function callersOf(server: SoakServer): Promise<string[]> {
  return Promise.all(
    Array.from({ length: CALLERS }, (_, caller) => server.token({ client_id: `soak-${caller}-` })),
  )
}

/** One call of one caller; good is an answer with its id, and with nobody's name but its own. */
export function shootFor(server: SoakServer, tokens: readonly string[]): (id: number) => Shot {
  return (id) => {
    const caller = id % CALLERS
    const upstream = id % UPSTREAM_EVERY === 0
    const params = upstream
      ? { name: 'list_organizations', arguments: { environmentId: 'env_100000000000000001' } }
      : { name: 'whoami', arguments: {} }
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })
    const expected = upstream ? '\\"org_100000000000000001\\"' : `\\"soak-${caller}-\\"`
    return {
      bytes: Buffer.from(
        `POST /mcp HTTP/1.1\r\nHost: localhost:${server.port}\r\nAuthorization: Bearer ${tokens[caller]}\r\n` +
          'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n' +
          `Content-Length: ${body.length}\r\n\r\n${body}`,
      ),
      isGood: (status, text) =>
        status === 200 &&
        text.includes(`"id":${id}`) &&
        text.includes(expected) &&
        !text.includes('"isError":true') &&
        [...text.matchAll(/soak-\d+-/g)].every(([name]) => name === `soak-${caller}-`),
    }
  }
}
