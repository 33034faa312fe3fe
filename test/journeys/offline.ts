import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'

// Runs the journeys in a network namespace that has only the loopback interface, and proves first that it is one.
// Arguments go to Vitest: `npm run test:journeys:offline -- web-quickstart`.

/** Set inside the namespace. */
const INSIDE = 'JOURNEYS_OFFLINE'
/** RFC 5737: an address that nobody has. With any route out, a connection to it would wait for an answer. */
const OUTSIDE = '192.0.2.1'
/** How to get a namespace: as root, or as root of a user namespace. */
const WAYS = [['--net'], ['--map-root-user', '--net']]

const args = process.argv.slice(2)
process.exitCode = process.env[INSIDE] === undefined ? enter() : await inside()

function enter(): number {
  const way = WAYS.find((flags) => spawnSync('unshare', [...flags, 'true']).status === 0)
  if (way === undefined) {
    process.stderr.write(
      'This system does not allow network namespaces. Run as root on Linux with CAP_SYS_ADMIN, or enable user ' +
        'namespaces. `npm run test:journeys` runs the same journeys with the network.\n',
    )
    return 1
  }
  const [, script = ''] = process.argv
  const command = [process.execPath, ...process.execArgv, script, ...args]
  const env = { ...process.env, [INSIDE]: '1' }
  return spawnSync('unshare', [...way, ...command], { stdio: 'inherit', env }).status ?? 1
}

async function inside(): Promise<number> {
  if (spawnSync('ip', ['link', 'set', 'lo', 'up'], { stdio: 'inherit' }).status !== 0) {
    process.stderr.write('The loopback interface cannot be started. Install iproute2.\n')
    return 1
  }
  const interfaces = Object.keys(networkInterfaces())
  const refusal = await reach(OUTSIDE)
  if (interfaces.join() !== 'lo' || refusal !== 'ENETUNREACH') {
    process.stderr.write(
      `Not offline: the interfaces are ${interfaces.join(', ')}, and ${OUTSIDE} answers ${refusal}.`,
    )
    return 1
  }
  process.stdout.write(
    `Offline: the only interface is lo, and a connection to ${OUTSIDE} fails with ${refusal}.\n`,
  )
  const vitest = ['run', '-c', 'vitest.suites.config.ts', '--project', 'journeys', ...args]
  return spawnSync('vitest', vitest, { stdio: 'inherit' }).status ?? 1
}

/** The code of the error that a connection ends with, or `connected`, or `no answer`. */
function reach(host: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443, timeout: 5_000 })
    const end = (result: string) => {
      socket.destroy()
      resolve(result)
    }
    socket.on('connect', () => end('connected'))
    socket.on('timeout', () => end('no answer'))
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
