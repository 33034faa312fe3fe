import { type DestinationStream, destination } from 'pino'

const GATHERED_BYTES = 64 * 1024
const LONGEST_MS = 250
/** What one UTF-16 unit of a text takes at most in UTF-8. */
const MAX_BYTES = 3

/**
 * Lines on stderr (stdout belongs to the stdio transport), 64 KB at a time, after a quarter of a second at the latest, and
 * when the process exits, whatever ends it but SIGKILL: a write of its own for each line took a seventh of a small request.
 * They wait as bytes: pino's stream gathers texts, which it copies and measures anew for each further line (8 KB of memory a
 * request), and as texts they are moved by each collection of the young.
 */
export function gatheredLines(): DestinationStream & { flushSync(): void } {
  const out = destination({ dest: 2, sync: false, contentMode: 'buffer' })
  const send = (bytes: Buffer) => out.write(bytes as unknown as string)
  let gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES)
  let used = 0
  const pass = () => {
    if (used === 0) return
    send(gathered.subarray(0, used))
    gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES)
    used = 0
  }
  setInterval(pass, LONGEST_MS).unref()
  // Before pino's own listeners, which write what its stream has and end it.
  process.prependListener('beforeExit', pass)
  process.prependListener('exit', pass)
  return {
    write(line) {
      const most = MAX_BYTES * line.length
      if (used + most > gathered.length) pass()
      if (most > gathered.length) send(Buffer.from(line))
      else used += gathered.write(line, used)
    },
    flushSync() {
      pass()
      out.flushSync()
    },
  }
}
