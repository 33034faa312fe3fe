import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

const COST = { N: 16_384, r: 8, p: 5 }
const KEY_BYTES = 64
/** What is compared where there is no password: it takes as long, and matches nothing. */
const NONE = format(randomBytes(16), randomBytes(KEY_BYTES))

/** The hash of a password, with its own salt (scrypt, RFC 7914; the costs that OWASP recommends). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return format(salt, await derive(password, salt, COST))
}

/** Whether this is the password. Takes the same time where there is none. */
export async function passwordMatches(password: string, hash: string | undefined): Promise<boolean> {
  const [, N = '', r = '', p = '', salt = '', key = ''] = (hash ?? NONE).split('$')
  const expected = Buffer.from(key, 'base64url')
  const costs = { N: Number(N), r: Number(r), p: Number(p) }
  const given = await derive(password, Buffer.from(salt, 'base64url'), costs)
  return timingSafeEqual(given, expected) && hash !== undefined
}

function format(salt: Buffer, key: Buffer): string {
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

function derive(password: string, salt: Buffer, costs: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same text in every spelling of Unicode (NIST SP 800-63B, section 5.1.1.2).
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, costs, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
