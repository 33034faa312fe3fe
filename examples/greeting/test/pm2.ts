import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Starts the app of ecosystem.config.json as PM2 does in cluster mode: every process is a program of PM2 that imports the
// script, and is stopped with SIGINT.

const { pm_exec_path } = process.env
if (pm_exec_path) {
  await import(pathToFileURL(pm_exec_path).href)
} else {
  const file = new URL('../ecosystem.config.json', import.meta.url)
  const [app] = JSON.parse(readFileSync(file, 'utf8')).apps
  if (app.exec_mode !== 'cluster') throw new Error('not in cluster mode')
  const env = { ...app.env, pm_exec_path: resolve(app.script) }
  for (let instance = 0; instance < app.instances; instance++) cluster.fork(env)
  cluster.on('listening', () => process.stdout.write('a worker listens\n'))
  cluster.on('exit', (_worker, code) => process.stdout.write(`a worker ended with ${code}\n`))
  // The signal is for the workers, which get it as well.
  process.on('SIGINT', () => undefined)
}
