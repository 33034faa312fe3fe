import { UsageError } from './exit.js'

/** A port from the command line or a variable. Where `lowest` is 0, that takes a free one. */
export function parsePort(value: string, option: string, lowest: 0 | 1 = 1): number {
  const port = Number(value)
  if (!/^[0-9]{1,5}$/.test(value) || port < lowest || port > 65_535) {
    throw new UsageError(`${option}: give a port from ${lowest} to 65535.`)
  }
  return port
}
