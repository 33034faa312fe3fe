import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))

/** A version, and no range (the registry refuses `^1.2.3` and `latest`). */
const version = z.string().regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/)

/**
 * What the MCP registry demands of an entry, in the version of the format that the entry names: its `ServerDetail`, as far
 * as we use it. Strict: a member that is not here is one that nobody has checked.
 */
const entryOf2025 = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  // Reverse DNS, one slash, 3 to 200 characters.
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version,
  websiteUrl: z.url(),
  packages: z.array(
    z.strictObject({
      registryType: z.literal('npm'),
      identifier: z.string(),
      version,
      transport: z.strictObject({ type: z.literal('stdio') }),
      packageArguments: z.array(z.strictObject({ type: z.literal('positional'), value: z.string() })),
      environmentVariables: z.array(
        z.strictObject({
          name: z.string(),
          description: z.string(),
          isRequired: z.boolean(),
          isSecret: z.boolean(),
        }),
      ),
    }),
  ),
})

test('server.json is an entry that the MCP registry takes, and the package says that it is the same', () => {
  const entry = entryOf2025.parse(read('server.json'))
  const published = z
    .object({
      name: z.string(),
      version: z.string(),
      mcpName: z.string(),
      bin: z.record(z.string(), z.string()),
    })
    .parse(read('packages/server/package.json'))
  // The registry proves who owns the npm package by this member, and the namespace by the domain scalekit.com.
  expect(published.mcpName).toBe(entry.name)
  expect(entry.name).toMatch(/^com\.scalekit\//)
  expect(entry.version).toBe(published.version)
  expect(entry.packages).toMatchObject([{ identifier: published.name, version: published.version }])
  // npx runs the program that is named as the package is.
  expect(Object.keys(published.bin)).toContain(published.name)
  const secrets = entry.packages.flatMap(({ environmentVariables }) =>
    environmentVariables.filter(({ isSecret }) => isSecret).map(({ name }) => name),
  )
  expect(secrets).toEqual(['SCALEKIT_CLIENT_SECRET'])
})
