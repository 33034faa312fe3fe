import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/** How long a stop waits for calls in flight. */
const DRAIN_MS = 25_000
/** A turn of the event loop that took less has done next to nothing. */
const QUIET_TURN_MS = 0.1
/** Between two of them. */
const PAUSE_MS = 1
/** So long without a new connection, and clients that wait for their answers have all come. */
const GAP_MS = 50
/** How long to wait for such a gap. */
const GAP_WITHIN_MS = 500
/** How long to wait for a quiet turn on a busy server. */
const CLOSE_WITHIN_MS = 2_000
/** How long an accepted connection may stay without a request once the listener is closed. */
const SILENT_MS = 1_000
const CHECK_MS = 250

export interface Drain {
  /**
   * Stops the server without losing a call: accepts and answers for `leadMs`, then closes the listener and lets calls in
   * flight finish. Connections that remain after 25 seconds are cut.
   */
  drain(leadMs: number): Promise<void>
}

/** Watches the connections of a server, so that it can be drained. */
export function createDrain(server: Server): Drain {
  const sockets = new Set<Socket>()
  let isDraining = false
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // RFC 9112, section 9.6: a client that sees this option sends its next request over another connection.
  server.prependListener('request', (_, res) => {
    if (isDraining) res.setHeader('Connection', 'close')
  })

  /**
   * When a listener closes, the kernel resets connections that it has accepted and the process has not. So the listener
   * closes in a gap between two, right after a turn of the event loop without a new connection. New connections wait
   * meanwhile, and are served once the listener is closed. On a busy server there may be no gap, and no such turn.
   */
  async function closeListener(): Promise<void> {
    const serve = server.listeners('connection')
    const waiting: Socket[] = []
    const begun = performance.now()
    let lastAt = begun
    server.removeAllListeners('connection')
    server.on('connection', (socket: Socket) => {
      waiting.push(socket)
      lastAt = performance.now()
    })
    for (;;) {
      // A process that spins is interrupted by others at any moment, so maybe right before it closes; one that has slept is not.
      await sleep(PAUSE_MS)
      const before = waiting.length
      const start = performance.now()
      await nextTurn()
      const now = performance.now()
      const isQuiet = waiting.length === before && now - start < QUIET_TURN_MS
      const isGap = now - lastAt > GAP_MS || now - begun > GAP_WITHIN_MS
      if ((isQuiet && isGap) || now - begun > CLOSE_WITHIN_MS) break
    }
    server.close()
    for (const socket of waiting) for (const listener of serve) listener.call(server, socket)
  }

  return {
    async drain(leadMs) {
      isDraining = true
      if (leadMs > 0) await sleep(leadMs)
      const closed = new Promise<void>((resolve) => server.once('close', resolve))
      await closeListener()
      const silent = setTimeout(async () => {
        // What has arrived while the process was held up is read first.
        await nextTurn()
        for (const socket of sockets) if (socket.bytesRead === 0) socket.end()
      }, SILENT_MS)
      const idle = setInterval(async () => {
        await nextTurn()
        server.closeIdleConnections()
      }, CHECK_MS)
      const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
      await closed
      clearTimeout(silent)
      clearInterval(idle)
      clearTimeout(cut)
    },
  }
}
