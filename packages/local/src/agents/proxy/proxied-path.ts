import { invalid } from '../../domain/domain-error.js'

const SLASHES = /\\|%(?:2f|5c|00)/i
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i

/**
 * Checks that a path stays below the base path of the provider, and returns it unchanged, with its query.
 * @throws {DomainError} `invalid` for dot segments, encoded slashes and backslashes
 */
export function proxiedPath(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1)
  if (SLASHES.test(path) || path.split('/').some((segment) => DOT_SEGMENT.test(segment))) {
    throw invalid(
      'The path has a dot segment, an encoded slash or a backslash: send the path that the provider documents',
    )
  }
  return url
}
