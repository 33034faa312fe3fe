/**
 * A resource is compared as a string in Scalekit, in tokens and in clients (RFC 8707), so it has one form: as the URL
 * parser writes it, without a query. The slash at the end may be left out.
 *
 * @param resource a valid URL
 * @returns the canonical form, where the resource is in another one
 */
export function canonicalForm(resource: string): string | undefined {
  const { origin, pathname } = new URL(resource)
  const canonical = origin + pathname
  return [canonical, canonical.replace(/\/$/, '')].includes(resource) ? undefined : canonical
}

/** Where a request target is, seen from a resource's path. */
export type Place = 'here' | 'near' | 'elsewhere'

/** The path of a request target (RFC 9112 section 3.2) as it was sent: nothing decoded, nothing resolved. */
export function pathOf(target = ''): string {
  // As nearly every target is: nothing to take off.
  if (target.startsWith('/') && !/[?#]/.test(target)) return target
  return target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/'
}

/**
 * Tells the one path of a resource from all spellings that a router may take for it. Only the exact path is
 * `here`. What differs in case, slashes or encoding, or is below the path, is `near`: it is answered with
 * 404 rather than left to a router that would reach the handler past the guard.
 */
export function placeOf(target: string | undefined, resourcePath: string): Place {
  const path = pathOf(target)
  if (path === resourcePath && !target?.includes('#')) return 'here'
  const [spelled, own] = [spellingOf(path), spellingOf(resourcePath)]
  if (spelled === own || (own !== '' && spelled.startsWith(`${own}/`))) return 'near'
  return 'elsewhere'
}

/** One form for what routers and URL parsers treat alike. */
function spellingOf(path: string): string {
  const segments: string[] = []
  for (const segment of decoded(path)
    .toLowerCase()
    .split(/[/\\]+/)) {
    const [name = ''] = segment.trim().split(/[;?#]/)
    if (name === '..') segments.pop()
    else if (name !== '' && name !== '.') segments.push(name)
  }
  return segments.map((name) => `/${name}`).join('')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
