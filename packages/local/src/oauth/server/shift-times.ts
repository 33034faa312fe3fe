/** The members of a record or token that are a time, in seconds (RFC 7519, section 2; oidc-provider's own names). */
const TIMES = ['iat', 'exp', 'nbf', 'auth_time', 'iiat', 'authTime', 'loginTs', 'consumed']

/** The same object with its times moved: oidc-provider reads the machine's clock, and everybody else here another one. */
export function shiftTimes<T extends object>(object: T, bySeconds: number): T {
  if (bySeconds === 0) return object
  const times = Object.entries(object).filter(
    ([name, value]) => TIMES.includes(name) && typeof value === 'number',
  )
  return { ...object, ...Object.fromEntries(times.map(([name, value]) => [name, Number(value) + bySeconds])) }
}
