import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { adapterContract } from '../../packages/auth/test/adapter-contract.js'
import { freePort } from '../harness/program.js'
import { runtimes } from './runtimes.js'

const file = fileURLToPath(new URL('serve-contract.ts', import.meta.url))

for (const runtime of runtimes) {
  adapterContract(runtime.name, async (options) => {
    const faults: string[] = []
    const notes = createServer(async (req, res) => {
      faults.push(await text(req))
      res.end()
    })
    await new Promise<void>((ready) => notes.listen(0, '127.0.0.1', ready))
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const program = await runtime.start(file, {
      PORT: String(port),
      OPTIONS: JSON.stringify(options(origin)),
      NOTE_URL: `http://127.0.0.1:${(notes.address() as AddressInfo).port}`,
    })
    return {
      origin,
      faults,
      async close() {
        await program.stop()
        notes.close()
      },
    }
  })
}
