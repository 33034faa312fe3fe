import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/harness/program.js'
import type { Shot } from '../load.js'
import { start } from '../process.js'
import { measured, type OrganizationsFigures, record, thisRun } from './figures.js'
import { ENVIRONMENT, externalId, fill, organizationId } from './fill.js'

// What the local environment needs with 10, 1,000 and 100,000 organizations, over REST, one request after the other.
// Writes its part of docs/sizing.json. Argument: the numbers, as 10,1000.

const sizes = (process.argv[2] ?? '10,1000,100000').split(',').map(Number)
const program = fileURLToPath(new URL('../../packages/server/bin/scalekit-mcp.js', import.meta.url))
const MEASURED_MS = 1_500

const figures: OrganizationsFigures[] = []
for (const size of sizes) figures.push(await measureWith(size))
record({ organizations: { ...thisRun(), sizes: figures } })

async function measureWith(size: number): Promise<OrganizationsFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-organizations-'))
  await fill(folder, size)
  const port = await freePort()
  const begun = performance.now()
  const server = start(
    [process.execPath, program, 'local', '--data', folder, '--port', String(port)],
    {},
    undefined,
  )
  const url = `http://localhost:${port}/${ENVIRONMENT}`
  const token = await firstToken(url)
  const startMilliseconds = Math.round(performance.now() - begun)
  const operations: OrganizationsFigures['operations'][number][] = []
  for (const { name, shoot } of await operationsOn(url, token, size)) {
    const figure = await measured(server, { port, connections: 1, milliseconds: MEASURED_MS, shoot })
    operations.push({ name, ...figure })
    process.stdout.write(`${size}\t${name}\t${JSON.stringify(figure)}\n`)
  }
  const residentMegabytes = Math.round(server.residentMegabytes())
  await server.stop()
  const diskMegabytes = Number(
    (readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6).toFixed(1),
  )
  rmSync(folder, { recursive: true })
  return { organizations: size, startMilliseconds, residentMegabytes, diskMegabytes, operations }
}

async function firstToken(url: string): Promise<string> {
  const body =
    'grant_type=client_credentials&client_id=skc_100000000000000001&client_secret=test_local_secret'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body }).catch(() => undefined)
    if (answer?.ok) return ((await answer.json()) as { access_token: string }).access_token
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('no token')
}

interface Asked {
  readonly name: string
  readonly shoot: (id: number) => Shot
}

/** Each answer is looked at: the organization that it has to name is in it. */
async function operationsOn(url: string, token: string, size: number): Promise<Asked[]> {
  const { host, pathname } = new URL(url)
  const request = (method: string, path: string, marker: string, body = ''): Shot => ({
    bytes: Buffer.from(
      `${method} ${pathname}/api/v1/organizations${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ),
    isGood: (status, text) => (status === 200 || status === 201) && text.includes(marker),
  })
  const middle = Math.floor(size / 2)
  const deepToken = await tokenOfMiddle(url, token, middle)
  const randomly = () => Math.floor(Math.random() * size)
  return [
    { name: 'first page of 10', shoot: () => request('GET', '?page_size=10', '"organizations"') },
    {
      name: 'page of 10 in the middle',
      shoot: () => request('GET', `?page_size=10&page_token=${deepToken}`, '"organizations"'),
    },
    {
      name: 'get by id',
      shoot: () => {
        const id = organizationId(randomly())
        return request('GET', `/${id}`, id)
      },
    },
    {
      name: 'get by external id',
      shoot: () => {
        const id = externalId(randomly())
        return request('GET', `:external/${id}`, `"${id}"`)
      },
    },
    {
      name: 'search by a part of the name',
      shoot: () => {
        const name = `Customer ${randomly()}`
        return request('GET', `:search?query=${encodeURIComponent(name)}`, name)
      },
    },
    {
      name: 'users of one organization',
      shoot: () => {
        const index = randomly()
        return request('GET', `/${organizationId(index)}/users`, `person@customer-${index}.example`)
      },
    },
    {
      name: 'create',
      shoot: (id) =>
        request(
          'POST',
          '',
          `new-${id}`,
          JSON.stringify({ display_name: `New ${id}`, external_id: `new-${id}` }),
        ),
    },
  ]
}

/** Pages to the middle, as a client does that reads everything. */
async function tokenOfMiddle(url: string, token: string, middle: number): Promise<string> {
  let next = ''
  for (let seen = 0; seen < middle; ) {
    const pageSize = Math.min(500, middle - seen)
    const answer = await fetch(
      `${url}/api/v1/organizations?page_size=${pageSize}${next && `&page_token=${next}`}`,
      {
        headers: { authorization: `Bearer ${token}` },
      },
    )
    const { organizations, next_page_token } = (await answer.json()) as {
      organizations: unknown[]
      next_page_token: string
    }
    seen += organizations.length
    next = next_page_token
  }
  return next
}
