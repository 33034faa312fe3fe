import type { Clock } from '../storage/clock.js'

/** When a row was created and changed: as the seed says, or now. */
export type Stamp = (entry: { created_at?: string | undefined; updated_at?: string | undefined }) => {
  created_at: number
  updated_at: number
}

/** Every entry without times of its own gets the same ones. */
export function stamper(clock: Clock): Stamp {
  const now = clock.now()
  return ({ created_at, updated_at }) => {
    const created = created_at === undefined ? now : Date.parse(created_at)
    return { created_at: created, updated_at: updated_at === undefined ? created : Date.parse(updated_at) }
  }
}
