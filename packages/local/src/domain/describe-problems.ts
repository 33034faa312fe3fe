import { z } from 'zod'

/** What is wrong with a value, as one ASCII sentence (RFC 6749, section 5.2; RFC 7591, section 3.2.2). */
export function describeProblems({ issues }: z.ZodError): string {
  const problems = issues.map((issue) => {
    const text = describeIssue(issue).replace(/\.$/, '')
    return issue.path.length === 0 ? text : `${z.core.toDotPath(issue.path)}: ${text}`
  })
  return problems.join('; ').replace(/[^\x20-\x7e]|["\\]/g, "'")
}

/** What one value must be. A message that a schema gives itself stays. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const { message } = issue
  if (issue.code === 'too_small' && message.startsWith('Too small')) {
    const [verb, unit] = SIZE[issue.origin] ?? AMOUNT
    return unit && issue.minimum === 1 ? 'must not be empty' : `must ${verb} at least ${issue.minimum}${unit}`
  }
  if (issue.code === 'too_big' && message.startsWith('Too big')) {
    const [verb, unit] = SIZE[issue.origin] ?? AMOUNT
    return `must ${verb} at most ${issue.maximum}${unit}`
  }
  return message.replace(/^Invalid input: /, '')
}

const SIZE: Readonly<Record<string, readonly [verb: string, unit: string]>> = {
  string: ['have', ' characters'],
  array: ['have', ' entries'],
}
const AMOUNT = ['be', ''] as const
