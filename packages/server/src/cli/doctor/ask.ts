const DEADLINE_MS = 10_000

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body, or the last event of a stream, when it is a JSON object. */
  readonly json?: Readonly<Record<string, unknown>>
}

/** No answer came: the code of the cause, as Node gives it. */
export class NoAnswer extends Error {
  readonly code: string

  constructor(code: string, options: { cause: unknown }) {
    super('no answer', options)
    this.code = code
  }
}

/**
 * One request. A redirect is an answer: the token goes to the URL that the person named and nowhere else.
 *
 * @throws NoAnswer
 */
export async function ask(url: string, request: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(url, {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    const text = await response.text()
    const json = objectOf(text)
    return { status: response.status, headers: response.headers, text, ...(json ? { json } : {}) }
  } catch (cause) {
    throw new NoAnswer(codeOf(cause), { cause })
  }
}

/** An answer, or undefined where none came. */
export function askQuietly(url: string, request: RequestInit = {}): Promise<Answer | undefined> {
  return ask(url, request).catch((error: unknown) => {
    if (error instanceof NoAnswer) return undefined
    throw error
  })
}

function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name === 'TimeoutError') return 'timeout'
    if ('code' in each && typeof each.code === 'string') return each.code
    const [first] = each instanceof AggregateError ? each.errors : []
    if (first) return codeOf(first)
  }
  return 'unknown'
}

function objectOf(text: string): Record<string, unknown> | undefined {
  const last = text.split('\n').findLast((line) => line.startsWith('data: '))
  try {
    const value: unknown = JSON.parse(last?.slice('data: '.length) ?? text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
