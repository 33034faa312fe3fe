import type { Clock } from '../storage/clock.js'
import type { Database } from '../storage/database.js'
import { exportSeed } from './export.js'
import { checkSeed, parseSeed } from './read-seed.js'
import { resetTo } from './reset.js'
import { writeJson, writeYaml } from './write-seed.js'

/** All data as a seed, to read and to replace. */
export function seedState(database: Database, clock: Clock) {
  return {
    async read(form: 'json' | 'yaml'): Promise<AsyncIterable<string>> {
      return (form === 'json' ? writeJson : writeYaml)(await exportSeed(database))
    },
    /** @throws {LocalError} `seed_invalid` */
    async replace(seed: unknown): Promise<void> {
      const parsed = typeof seed === 'string' ? parseSeed(seed, 'The state') : checkSeed(seed, 'The state')
      await resetTo(database, parsed, clock)
    },
  }
}
