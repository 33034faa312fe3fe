import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit } from '../../src/index.js'
import { claimsOf, introspect, postForm, register, signIn, type Tokens } from '../oauth/authorization-code.js'
import { startChild } from './child.js'

let data = ''
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'local-durability-'))
})
afterEach(() => rm(data, { recursive: true }))

describe('the data directory', () => {
  it('keeps keys, refresh tokens and revocations over a restart', async () => {
    const first = await createLocalScalekit({ data, port: 0 })
    const { client_id, issuer, tokens } = await signIn(first.url)
    const other = await signIn(first.url)
    await postForm(`${other.issuer}/oauth/revoke`, {
      client_id: other.client_id,
      token: other.tokens.access_token,
    })
    const keys = await (await fetch(`${first.url}/workspace/keys`)).json()
    const { port } = first
    await first.close()

    const second = await createLocalScalekit({ data, port })
    expect(await (await fetch(`${second.url}/workspace/keys`)).json()).toEqual(keys)
    expect(await introspect(second.url, tokens.access_token)).toMatchObject({ active: true })
    expect(await introspect(second.url, other.tokens.access_token)).toEqual({ active: false })
    const refreshed = await postForm(`${issuer}/oauth/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    })
    expect(claimsOf(((await refreshed.json()) as Tokens).access_token).sub).toBe('usr_100000000000000001')
    await second.close()
  })

  it('loses no acknowledged write when the process is killed', async () => {
    const acknowledged: string[] = []
    for (let crash = 0; crash < 3; crash++) {
      const child = await startChild({ data })
      const writing = Promise.all(
        Array.from({ length: 4 }, async () => {
          for (;;) {
            try {
              acknowledged.push((await register(child.url)).client_id)
            } catch {
              return
            }
          }
        }),
      )
      const before = acknowledged.length
      while (acknowledged.length < before + 20) await new Promise((resolve) => setImmediate(resolve))
      await child.kill()
      await writing
    }
    const local = await createLocalScalekit({ data, port: 0 })
    const stored = await local.database.db
      .selectFrom('oidc_records')
      .select('payload')
      .where('model', '=', 'Client')
      .execute()
    const ids = new Set(stored.map(({ payload }) => (JSON.parse(payload) as { client_id: string }).client_id))
    expect(acknowledged.length).toBeGreaterThanOrEqual(60)
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([])
    await local.close()
  })

  it('holds no code, refresh token, client secret or session cookie in the clear', async () => {
    const local = await createLocalScalekit({ data, port: 0 })
    const { redirect, tokens, verifier } = await signIn(local.url)
    const secrets = {
      code: redirect.searchParams.get('code') ?? '',
      refresh: tokens.refresh_token,
      access: tokens.access_token,
      signature: tokens.access_token.split('.')[2] ?? '',
      verifier,
      client: 'test_local_secret',
    }
    await local.close()
    const files = await Promise.all(
      ['local.db', 'local.db-wal'].map((name) => readFile(join(data, name)).catch(() => Buffer.alloc(0))),
    )
    const dump = Buffer.concat(files).toString('latin1')
    expect(dump).toContain('usr_100000000000000001')
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret.length, name).toBeGreaterThan(10)
      expect(dump.includes(secret), name).toBe(false)
    }
  })

  it('lets the MCP server move between two starts', async () => {
    for (const mcpServerUrl of ['http://localhost:3002/mcp', 'http://localhost:4002/mcp']) {
      const local = await createLocalScalekit({ data, port: 0, mcpServerUrl })
      const { tokens } = await signIn(local.url)
      expect(claimsOf(tokens.access_token).aud).toContain(mcpServerUrl)
      await local.close()
    }
  })

  it('is open to its owner only', async () => {
    const local = await createLocalScalekit({ data, port: 0 })
    expect((await stat(data)).mode & 0o077).toBe(0)
    await local.close()
  })
})
