import { isLoopback } from '@scalekit-mcp/auth/server'

/**
 * Endpoints of the operator's own network that neither tokens nor keys come from: what is put into Redis is sealed with
 * STATE_KEY, and spans go to a collector, which usually runs on the same machine.
 */
const INTERNAL: ReadonlySet<string> = new Set(['REDIS_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'])

/**
 * What is convenient on a developer's machine and dangerous elsewhere: one sentence for each problem.
 *
 * @param values every variable by its name, after its own rule
 */
export function notForProduction(values: Readonly<Record<string, unknown>>): string[] {
  const problems = new Set<string>()
  if (values.ALLOWED_ORIGINS === '*') {
    problems.add(
      'ALLOWED_ORIGINS: * is refused with NODE_ENV=production; list the origins that may call, or unset it.',
    )
  }
  for (const [name, value] of Object.entries(values)) {
    if (INTERNAL.has(name)) continue
    for (const url of urlsIn(value)) {
      const problem = problemOf(url)
      if (problem) {
        problems.add(
          `${name}: ${url.origin} ${problem}; with NODE_ENV=production, set it to the https URL of a public host. On your own machine, remove NODE_ENV.`,
        )
      }
    }
  }
  return [...problems]
}

function problemOf({ protocol, hostname }: URL): string | undefined {
  if (isLoopback(hostname)) return 'is this machine'
  return protocol === 'https:' ? undefined : 'is not https'
}

/** Every http or https URL in a value, at any depth of a list or a document. */
function urlsIn(value: unknown): URL[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(urlsIn)
  if (typeof value !== 'string' || !URL.canParse(value)) return []
  const url = new URL(value)
  return /^https?:$/.test(url.protocol) ? [url] : []
}
