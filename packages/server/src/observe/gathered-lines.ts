import { writeSync } from 'node:fs'
import type { DestinationStream } from 'pino'

const GATHERED_LENGTH = 64 * 1024
const LONGEST_MS = 250
/** How much waits for a reader that is slow or has stopped. Further lines are dropped and counted. */
const WAITING_BYTES = 1024 * 1024
const RETRY_MS = 20
/** How long the end of the process waits for such a reader. */
const EXIT_MS = 500

interface Chunk {
  readonly bytes: Buffer
  readonly lines: number
}

/**
 * Writes lines to stderr (stdout belongs to the stdio transport) in chunks of 64 KB, after 250 ms at the latest, and when
 * the process exits. A reader that stops never stops the process, and never fills its memory. pino's own destination,
 * sonic-boom, cannot do this: its `flushSync` retries a broken pipe forever, and skips the chunk that is being written.
 */
export function gatheredLines(): DestinationStream & { flushSync(): void } {
  const fd = openWithoutBlocking()
  let gathered = ''
  let lines = 0
  const waiting: Chunk[] = []
  let waitingBytes = 0
  let dropped = 0
  let retry: NodeJS.Timeout | undefined

  const enqueue = (chunk: Chunk) => {
    if (dropped > 0 || waitingBytes + chunk.bytes.length > WAITING_BYTES) {
      dropped += chunk.lines
      return
    }
    waiting.push(chunk)
    waitingBytes += chunk.bytes.length
  }

  /** Writes as much as the reader takes. */
  const send = () => {
    clearTimeout(retry)
    for (let [chunk] = waiting; chunk; [chunk] = waiting) {
      const written = write(fd, chunk.bytes)
      if (written === 'blocked') {
        retry = setTimeout(send, RETRY_MS).unref()
        return
      }
      waitingBytes -= written
      if (written < chunk.bytes.length) waiting[0] = { ...chunk, bytes: chunk.bytes.subarray(written) }
      else waiting.shift()
      if (waiting.length === 0 && dropped > 0) {
        const bytes = Buffer.from(droppedLine(dropped))
        dropped = 0
        enqueue({ bytes, lines: 1 })
      }
    }
  }

  const pass = () => {
    if (lines > 0) enqueue({ bytes: Buffer.from(gathered), lines })
    gathered = ''
    lines = 0
    send()
  }

  const flushSync = () => {
    pass()
    const until = Date.now() + EXIT_MS
    while (waiting.length > 0 && Date.now() < until) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
      send()
    }
  }

  setInterval(pass, LONGEST_MS).unref()
  process.once('exit', flushSync)
  return {
    write(line) {
      gathered += line
      lines++
      if (gathered.length >= GATHERED_LENGTH) pass()
    },
    flushSync,
  }
}

/** Node makes a pipe non-blocking when it opens `process.stderr`: a write to one that is full then fails with EAGAIN. */
function openWithoutBlocking(): number {
  return process.stderr.fd ?? 2
}

/** How many bytes were written. Those for a reader that has gone count as written. */
function write(fd: number, bytes: Buffer): number | 'blocked' {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 'blocked' : bytes.length
  }
}

function droppedLine(dropped: number): string {
  const line = {
    level: 'warn',
    time: new Date().toISOString(),
    dropped,
    msg: 'log lines were dropped because stderr was not read',
  }
  return `${JSON.stringify(line)}\n`
}
