import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

export interface Measured {
  readonly child: ChildProcess
  /** Processor time of the process and its children so far, in milliseconds. */
  cpu(): number
  residentMegabytes(): number
  stop(): Promise<void>
}

/** Binds all threads of a process to cores: a load that moves to the server's core would take turns with it. */
export function bind(pid: number, cores: readonly number[]): void {
  execFileSync('taskset', ['-a', '-c', '-p', cores.join(','), String(pid)], { stdio: 'ignore' })
}

/** Starts a program bound to one core, so that load and server do not take turns on it. */
export function start(
  command: readonly string[],
  env: Record<string, string>,
  core: number | undefined,
): Measured {
  const bound = core === undefined ? command : ['taskset', '-c', String(core), ...command]
  const [program = '', ...args] = bound
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: 'ignore',
  })
  const pid = child.pid ?? 0
  // A run that throws leaves nothing behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('close', () => process.off('exit', kill))
  return {
    child,
    cpu: () => familyOf(pid).reduce((sum, each) => sum + cpuOf(each), 0),
    residentMegabytes: () => familyOf(pid).reduce((sum, each) => sum + residentOf(each), 0),
    async stop() {
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      for (const each of familyOf(pid)) if (each !== pid) process.kill(each, 'SIGKILL')
      if (child.exitCode === null) await ended
    },
  }
}

function familyOf(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => statOf(Number(name))?.[1] === String(pid))
    .map(Number)
  return [pid, ...children.flatMap(familyOf)]
}

/** The fields of /proc/PID/stat after the name: state, parent, … */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
  } catch {
    return undefined
  }
}

function cpuOf(pid: number): number {
  const fields = statOf(pid) ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}
