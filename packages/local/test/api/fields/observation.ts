import type { DescMethod } from '@bufbuild/protobuf'
import type { Wire } from '../every-method/wire.js'
import type { Local } from '../local.js'

/** A local environment with its seed, and every method of its API as whoever may call it. */
export interface World {
  readonly local: Local
  readonly wire: Wire
}

/** What a caller sees of the fields that it sets. */
export interface Observation {
  /** Completes "Seen …" on the reference page. */
  readonly seen: string
  readonly fields: readonly (readonly [method: DescMethod, ...paths: string[]])[]
  /** Sets every field, and expects what is seen. Starts from the seed. */
  observe(world: World): Promise<void>
}

/** `user_profile.` in front of each name. */
export function under(path: string, ...names: string[]): string[] {
  return names.map((name) => `${path}.${name}`)
}
