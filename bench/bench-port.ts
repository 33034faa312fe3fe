import { createServer } from 'node:net'

/** Below those that the system gives to outgoing connections, of which a load makes many. */
const [LOWEST, HIGHEST] = [20_000, 32_000]
let next = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))

/** A port that nothing listens on; every call gives another. */
export async function benchPort(): Promise<number> {
  for (let tried = 0; tried < HIGHEST - LOWEST; tried++) {
    next = next >= HIGHEST ? LOWEST : next + 1
    const port = next
    if (await isFree(port)) return port
  }
  throw new Error('No port is free')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
