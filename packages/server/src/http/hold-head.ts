import type { ServerResponse } from 'node:http'

/** Sends another answer, unless the first byte of the handler's own is on its way. */
export type ReplaceAnswer = (answer: () => void) => void

/**
 * Holds the head of an answer back until the first byte of its body, so that another status can still be sent. What the
 * handler writes after another answer is dropped.
 */
export function holdHead(res: ServerResponse): ReplaceAnswer {
  const { writeHead, flushHeaders, write, end } = res
  let head: Parameters<typeof writeHead> | undefined
  let held = true

  const release = () => {
    held = false
    Object.assign(res, { writeHead, flushHeaders, write, end })
  }
  const begin = () => {
    release()
    if (head) res.writeHead(...head)
  }
  Object.assign(res, {
    writeHead(...given: Parameters<typeof writeHead>) {
      head = given
      return res
    },
    flushHeaders: () => undefined,
    write(...chunk: Parameters<typeof write>) {
      begin()
      return res.write(...chunk)
    },
    end(...chunk: Parameters<typeof end>) {
      begin()
      return res.end(...chunk)
    },
  })

  return (answer) => {
    if (!held || res.destroyed) return
    release()
    answer()
    Object.assign(res, {
      writeHead: () => res,
      flushHeaders: () => undefined,
      write: () => true,
      end: () => res,
    })
  }
}
