import type { Served } from './handlers.js'

export interface Coverage {
  /** The full names of the methods that are served, sorted. */
  readonly served: readonly string[]
  /** How many methods the API has. */
  readonly total: number
}

/** Which methods of the API are served, from the handlers that are there. */
export function coverageOf(handlers: readonly Served[]): Coverage {
  const served = handlers.flatMap(({ service, methods }) =>
    service.methods
      .filter(({ localName }) => methods.includes(localName))
      .map(({ name }) => `${service.typeName}.${name}`),
  )
  const total = handlers.reduce((count, { service }) => count + service.methods.length, 0)
  return { served: served.sort(), total }
}
