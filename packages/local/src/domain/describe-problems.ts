import { z } from 'zod'

/** What is wrong with a value, as one ASCII sentence (RFC 6749, section 5.2; RFC 7591, section 3.2.2). */
export function describeProblems({ issues }: z.ZodError): string {
  const problems = issues.map(({ path, message }) => {
    const text = message.replace(/^Invalid input: /, '').replace(/\.$/, '')
    return path.length === 0 ? text : `${z.core.toDotPath(path)}: ${text}`
  })
  return problems.join('; ').replace(/[^\x20-\x7e]|["\\]/g, "'")
}
