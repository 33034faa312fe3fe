import { execFileSync } from 'node:child_process'
import type { Finding } from './finding.js'

/** What a secret looks like: keys, tokens of well-known services, JWTs with a signature. */
const secrets = [
  /-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{100,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bxox[baprs]-[A-Za-z0-9-]{10,}\b/,
  /\bsk_live_[A-Za-z0-9]{16,}\b/,
  /\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{40,}/,
]

/** Every line that was ever committed. */
export function secretsInHistory(): Finding {
  const log = execFileSync('git', ['log', '-p', '--all', '--no-color', '--unified=0'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
  const added = log
    .split('\n')
    .filter((line) => line.startsWith('+'))
    .map((line) => line.slice(1))
    .join('\n')
  const hits = secrets.flatMap((pattern) => added.match(pattern)?.[0].slice(0, 30) ?? [])
  return {
    id: 'H15',
    measured: `${hits.length} hits in ${(added.length / 1e6).toFixed(0)} MB of history`,
    problems: hits.map((hit) => `the history holds what looks like a secret: ${hit}…`),
  }
}
