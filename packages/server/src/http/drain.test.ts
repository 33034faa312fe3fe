import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createDrain } from './drain.js'

/** A request over a connection of its own. Resolves with the status line, or with the code of what broke it. */
function request(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (text) => {
      answer += text
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('close', () => resolve(answer.split('\r\n')[0] ?? ''))
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  })
}

async function listening() {
  const server = createServer((_, res) => res.end('here'))
  const { drain } = createDrain(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { drain, port: (server.address() as AddressInfo).port }
}

describe('a stop without a lead', () => {
  // The kernel completes a handshake before the process accepts. Closing the listener then resets the connection.
  test('serves the connections that the process has not accepted yet', async () => {
    const { drain, port } = await listening()
    const requests = Array.from({ length: 50 }, () => request(port))
    await drain(0)
    expect(new Set(await Promise.all(requests))).toEqual(new Set(['HTTP/1.1 200 OK']))
  })

  test('serves those that come while it stops, and refuses the others', async () => {
    const { drain, port } = await listening()
    const stopped = drain(0)
    const requests: Promise<string>[] = []
    for (let turn = 0; turn < 100; turn++) {
      requests.push(request(port))
      await nextTurn()
    }
    await stopped
    for (const outcome of await Promise.all(requests)) {
      expect(['HTTP/1.1 200 OK', 'ECONNREFUSED']).toContain(outcome)
    }
    expect(await request(port)).toBe('ECONNREFUSED')
  })
})
