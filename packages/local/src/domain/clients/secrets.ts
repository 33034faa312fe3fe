import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { newId } from '../../storage/ids.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { notFound } from '../domain-error.js'

/** A secret as its owner keeps it: it can be recognised by its end, and not be read. */
export const StoredSecret = z.looseObject({
  id: z.string(),
  hash: z.string(),
  suffix: z.string().default(''),
  status: z.enum(['ACTIVE', 'INACTIVE']).catch('ACTIVE'),
  created_at: z.number().default(0),
})
export type StoredSecret = z.infer<typeof StoredSecret>

/** The secrets of a client or a directory, oldest first. */
export function readSecrets({ secrets }: { readonly secrets: string }): StoredSecret[] {
  return z.array(StoredSecret).parse(JSON.parse(secrets))
}

/** A new secret of 256 bits. `plain` is for the answer that shows it, this once. */
export function newSecret(now: number): { plain: string; secret: StoredSecret } {
  const plain = `local_${randomBytes(32).toString('base64url')}`
  const secret = StoredSecret.parse({
    id: newId('sec'),
    hash: hashSecret(plain),
    suffix: plain.slice(-4),
    status: 'ACTIVE',
    created_at: now,
  })
  return { plain, secret }
}

/** The secrets with a new one. `plain` is for the answer that shows it, this once. */
export function withSecret(
  row: { readonly secrets: string },
  now: number,
): { plain: string; secret: StoredSecret; secrets: string } {
  const made = newSecret(now)
  return { ...made, secrets: JSON.stringify([...readSecrets(row), made.secret]) }
}

/**
 * The secrets without one of them.
 * @throws {DomainError} `not_found`
 */
export function withoutSecret(row: { readonly id: string; readonly secrets: string }, id: string): string {
  const gone = findSecret(row, id)
  return JSON.stringify(readSecrets(row).filter((secret) => secret.id !== gone.id))
}

/** @throws {DomainError} `not_found` */
export function findSecret(row: { readonly id: string; readonly secrets: string }, id: string): StoredSecret {
  const secret = readSecrets(row).find((one) => one.id === id)
  if (secret) return secret
  throw notFound(`${row.id} has no secret ${JSON.stringify(id)}`)
}
