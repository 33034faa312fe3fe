import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { mint, rsaKey, startAuthority } from './authority.js'
import { post } from './protected-app.js'

const LIMIT = 6

test('the workers of a cluster share the limit of a caller', async () => {
  const authority = await startAuthority()
  const app = fork(fileURLToPath(new URL('./cluster-app.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ISSUER: authority.issuer, PER_MINUTE: String(LIMIT) },
  })
  try {
    const [{ port }] = (await once(app, 'message')) as [{ port: number }]
    const resource = `http://127.0.0.1:${port}/mcp`
    const token = mint(rsaKey, { iss: authority.issuer, aud: resource })
    const answers = []
    for (let call = 0; call < 3 * LIMIT; call++) {
      const response = await post(resource, token, { headers: { connection: 'close' } })
      answers.push({ status: response.status, body: (await response.json()) as { worker?: number } })
    }
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array(LIMIT).fill(200),
      ...Array(2 * LIMIT).fill(429),
    ])
    expect(new Set(answers.flatMap(({ body }) => body.worker ?? [])).size).toBe(2)
    const other = mint(rsaKey, { iss: authority.issuer, aud: resource, sub: 'usr_2' })
    expect((await post(resource, other)).status).toBe(200)
  } finally {
    app.disconnect()
    await once(app, 'exit')
    await authority.close()
  }
})
