import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LocalOptions } from '../../src/index.js'

export interface Child {
  readonly url: string
  /** Ends the process as a crash does: nothing of it runs any more. */
  kill(): Promise<void>
}

/** Starts a local environment, as it is built, in a process of its own. */
export async function startChild(options: LocalOptions): Promise<Child> {
  const child = fork(fileURLToPath(new URL('serve.js', import.meta.url)), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { url } = await firstMessage(child)
  return {
    url,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

function firstMessage(child: ChildProcess): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url: string }))
    child.once('exit', (code) =>
      reject(new Error(`The local environment ended with code ${code} before it was ready`)),
    )
  })
}
