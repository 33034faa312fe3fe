import type * as z from 'zod'

const unbound = new WeakMap<z.ZodObject, z.ZodObject>()
const free = new WeakMap<z.ZodObject, z.ZodObject>()

export function takesEnvironment(input: z.ZodObject): boolean {
  return 'environmentId' in input.shape
}

/** A tool's input as a connection that is bound to one environment sees it: without `environmentId`. Created once. */
export function withoutEnvironment(input: z.ZodObject): z.ZodObject {
  if (!takesEnvironment(input)) return input
  const known = unbound.get(input) ?? input.omit({ environmentId: true }).strict()
  unbound.set(input, known)
  return known
}

/** A tool's input as every other connection sees it: `environmentId` may be left out where there is one choice. Created once. */
export function freeInput(input: z.ZodObject): z.ZodObject {
  if (!takesEnvironment(input)) return input
  const known = free.get(input) ?? input.partial({ environmentId: true }).strict()
  free.set(input, known)
  return known
}
