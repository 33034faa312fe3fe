import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

// Starts the app of ecosystem.config.json as PM2 does in cluster mode: the primary process is not the server, and each
// worker is stopped with SIGINT.

const file = new URL('../ecosystem.config.json', import.meta.url)
const [app] = JSON.parse(readFileSync(file, 'utf8')).apps
if (app.exec_mode !== 'cluster') throw new Error('not in cluster mode')
cluster.setupPrimary({ exec: resolve(app.script), execArgv: [] })
for (let instance = 0; instance < app.instances; instance++) cluster.fork(app.env)
cluster.on('listening', () => process.stdout.write('a worker listens\n'))
cluster.on('exit', (_worker, code) => process.stdout.write(`a worker ended with ${code}\n`))
// The signal is for the workers, which get it as well.
process.on('SIGINT', () => undefined)
