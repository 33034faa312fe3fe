import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { describeProblems } from '../domain/describe-problems.js'
import { DEFAULT_SEED } from '../package-files.js'
import { LocalError } from '../storage/local-error.js'
import { type ParsedSeed, type Seed, SeedSchema } from './schema.js'

/** Aliases of aliases multiply: a small file could fill the memory. */
const MAX_ALIASES = 100

/**
 * Reads a seed: an object, the path of a YAML file, or the default one. Throws a `LocalError` (`seed_invalid`)
 * that lists every problem.
 */
export async function readSeed(seed: Seed | string | undefined): Promise<ParsedSeed> {
  if (typeof seed === 'object') return checkSeed(seed, 'The seed')
  const path = seed ?? DEFAULT_SEED
  try {
    return parseSeed(await readFile(path, 'utf8'), String(path))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause) || cause instanceof LocalError) throw cause
    const message =
      cause.code === 'ENOENT'
        ? `There is no seed file at ${path}.`
        : `The seed file ${path} cannot be read: ${cause.message}.`
    throw new LocalError('seed_invalid', message, { cause })
  }
}

/** Reads a seed that came as YAML text. */
export function parseSeed(text: string, source: string): ParsedSeed {
  return checkSeed(parseYaml(text, source), source)
}

function parseYaml(text: string, source: string): unknown {
  try {
    return load(text, { maxAliases: MAX_ALIASES })
  } catch (cause) {
    throw new LocalError('seed_invalid', `${source}: ${(cause as Error).message}`, { cause })
  }
}

/** Checks what came as a seed from outside. */
export function checkSeed(value: unknown, source: string): ParsedSeed {
  const result = SeedSchema.safeParse(value)
  if (result.success) return result.data
  throw new LocalError('seed_invalid', `${source} is not valid: ${describeProblems(result.error)}`)
}
