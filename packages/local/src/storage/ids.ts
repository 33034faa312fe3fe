import { randomInt } from 'node:crypto'

/** Counted in milliseconds from here, the time has twelve digits until 2046. */
const EPOCH = Date.UTC(2015, 0, 1)
const PER_MILLISECOND = 1_000_000

let lastMillisecond = 0
let sequence = 0

/**
 * A new identifier in Scalekit's form: the prefix, an underscore and 18 digits. Identifiers of one process
 * strictly increase. Twelve digits are the time; six start at a random place in every millisecond, which keeps
 * processes apart that share a database (the primary key refuses the rare rest).
 */
export function newId(prefix: string): string {
  const now = Date.now() - EPOCH
  if (now > lastMillisecond) {
    lastMillisecond = now
    sequence = randomInt(PER_MILLISECOND / 2)
  } else if (++sequence === PER_MILLISECOND) {
    lastMillisecond += 1
    sequence = 0
  }
  return `${prefix}_${lastMillisecond}${String(sequence).padStart(6, '0')}`
}
