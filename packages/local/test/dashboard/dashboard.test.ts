import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { signIn } from '../oauth/authorization-code.js'
import { Browser } from '../oauth/browser.js'

const DEV = 'env_100000000000000001'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

async function open(path: string, browser = new Browser()) {
  const { page = '', response, url } = await browser.follow(local.url + path)
  return { page, response, url }
}

describe('the dashboard', () => {
  it('shows every environment, with what a program needs to connect', async () => {
    const { page, response } = await open('/')
    expect(response.status).toBe(200)
    for (const text of [`${local.url}/${DEV}`, 'skc_100000000000000001', 'Production', 'PRD', 'Workspace']) {
      expect(page).toContain(text)
    }
    expect(page).toMatch(/<strong>5<\/strong> organizations/)
  })

  it('shows what an environment has', async () => {
    const { page } = await open(`/dashboard/${DEV}`)
    for (const text of [
      'Acme Robotics',
      'ana@acme.example',
      'Acme Robotics</a> (admin)',
      'pending invite',
      'projects:read, projects:write',
      'Connections',
      'Webhooks',
      'http://localhost:3003/mcp',
      'http://localhost:3000/auth/callback',
    ]) {
      expect(page).toContain(text)
    }
    expect(page).not.toContain('northwind')
    expect((await open('/dashboard/workspace')).page).toContain('viewer@example.com')
  })

  it('shows names as text', async () => {
    const display_name = '<img src=x onerror=alert(1)>"'
    await local.database.db
      .updateTable('organizations')
      .set({ display_name })
      .where('id', '=', 'org_100000000000000004')
      .execute()
    const { page } = await open(`/dashboard/${DEV}`)
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;')
    expect(page).not.toContain('<img')
  })

  it('shows which tokens were issued to whom, and never the tokens', async () => {
    const { tokens, client_id } = await signIn(local.url)
    const { page } = await open('/dashboard/tokens')
    expect(page).toContain('admin@example.com')
    expect(page).toContain(client_id)
    expect(page).toContain('active')
    expect(page).not.toContain(tokens.access_token)
    await fetch(`${local.url}/workspace/resources/res_100000000000000001/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ client_id, token: tokens.access_token }),
    })
    expect((await open('/dashboard/tokens')).page).toContain('revoked')
  })

  it('has nothing for an environment that is not there', async () => {
    expect((await open('/dashboard/env_1')).response.status).toBe(404)
  })
})

describe('the request log', () => {
  it('shows requests, and pushes new ones', async () => {
    await fetch(`${local.url}/${DEV}/keys`)
    const { page, response } = await open('/dashboard/requests')
    expect(page).toContain(`/${DEV}/keys`)
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'; connect-src 'self'")
    const script = /<script type="module" src="([^"]+)">/.exec(page)?.[1] ?? ''
    expect((await fetch(local.url + script)).headers.get('content-type')).toContain('javascript')

    const stream = request(`${local.url}/dashboard/requests/live`)
    const pushed = await new Promise<string>((resolve, reject) => {
      stream.on('error', reject)
      stream.on('response', (live) => {
        expect(live.headers['content-type']).toContain('text/event-stream')
        live.setEncoding('utf8').once('data', resolve)
        fetch(`${local.url}/workspace/keys?code=secret`).catch(reject)
      })
      stream.end()
    })
    stream.destroy()
    expect(JSON.parse(pushed.replace(/^data: /, ''))).toMatchObject({ path: '/workspace/keys', status: 200 })
    expect(pushed).not.toContain('secret')
  })

  it('does not show the dashboard itself', async () => {
    await open('/')
    expect((await open('/dashboard/requests')).page).not.toContain('/dashboard/requests</code>')
  })
})

describe('the reset button', () => {
  it('asks, and then resets', async () => {
    const browser = new Browser()
    const question = await open('/dashboard/reset', browser)
    await local.database.db.deleteFrom('organizations').execute()
    const done = await browser.submit(question.url, question.page, {})
    expect(done.url).toBe(`${local.url}/`)
    expect(done.page).toMatch(/<strong>5<\/strong> organizations/)
  })

  it('is refused without the token of its page, and from another site', async () => {
    const browser = new Browser()
    const { url, page } = await open('/dashboard/reset', browser)
    expect((await browser.submit(url, '', {})).response.status).toBe(403)
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const foreign = await browser.open(url, {
      method: 'POST',
      headers: { origin: 'http://localhost:3000' },
      body: new URLSearchParams({ csrf }),
    })
    expect(foreign.status).toBe(403)
  })

  it.each([
    ['as it is', (path: string) => path],
    ['in another case', (path: string) => path.replace('/dashboard', '/Dashboard')],
    ['in upper case', (path: string) => path.toUpperCase()],
    ['with a slash at the end', (path: string) => `${path}/`],
    ['with a query', (path: string) => `${path}?x`],
    ['as a whole URL', (path: string) => `${local.url}${path}`],
  ])('is refused from another site, with the path %s', async (_how, spell) => {
    for (const [path, origin] of [
      ['/dashboard/reset', 'http://localhost:3000'],
      ['/dashboard/outbox', 'https://evil.example'],
      [`/${DEV}/interaction/x`, 'null'],
    ] as const)
      expect(await postRaw(spell(path), origin)).toMatchObject({
        status: 403,
        body: expect.stringContaining('This form belongs to another site.'),
      })
  })

  /** Posts with the request target exactly as it is given. */
  function postRaw(path: string, origin: string): Promise<{ status: number; body: string }> {
    const { port, host } = new URL(local.url)
    return new Promise((resolve, reject) => {
      const posting = request({ port, path, method: 'POST', headers: { host, origin } }, async (answer) => {
        let body = ''
        for await (const chunk of answer) body += chunk
        resolve({ status: answer.statusCode ?? 0, body })
      })
      posting.on('error', reject).end()
    })
  }
})
