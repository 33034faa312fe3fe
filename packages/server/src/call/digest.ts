import { hash } from 'node:crypto'

/** A digest of arguments, whatever the order of their keys: stands for them where they must not be kept. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonical(value), 'base64url')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`)
  return `{${members.join(',')}}`
}
