import { createHash } from 'node:crypto'
import type { Outcome, Task } from '../task.js'
import { DEVELOPMENT } from '../world.js'
import { checksOfSecret } from './shown-secret.js'

const APPLICATION = 'skc_100000000000000001'
const ACME = 'org_100000000000000001'
/** In the seed. Whoever rotates it creates another one. */
const FIRST_SECRET = 'test_local_secret'

const moveApplication: Task = {
  name: 'move-application',
  ask: 'Our Development app moved. Its callback is https://app.globex.example/auth/callback, its post-logout URL https://app.globex.example/bye, and its initiate-login URL https://app.globex.example/login. Remove what is on localhost.',
  async checks({ world }) {
    const { clients = [] } = await world.state()
    const data = clients.find(({ id }) => id === APPLICATION)?.data ?? {}
    return {
      'the new callback is the only one': isOnly(
        data.post_login_uris,
        'https://app.globex.example/auth/callback',
      ),
      'the new post-logout URL is the only one': isOnly(
        data.post_logout_redirect_uris,
        'https://app.globex.example/bye',
      ),
      'the initiate-login URL is set': data.initiate_login_uri === 'https://app.globex.example/login',
    }
  },
}

const registerMcpServer: Task = {
  name: 'register-mcp-server',
  ask: 'Register our MCP server "Todo" at https://mcp.globex.example/mcp in Development, with the scopes todo:read and todo:write. Tell me exactly what to configure in it.',
  async checks({ world, answer }) {
    const { mcp_servers = [] } = await world.state()
    const server = mcp_servers.find(({ url }) => url === 'https://mcp.globex.example/mcp')
    return {
      'the server is registered': server?.name === 'Todo',
      'it has the two scopes': [...(server?.scopes ?? [])].sort().join() === 'todo:read,todo:write',
      'the answer has its URL': answer.includes('https://mcp.globex.example/mcp'),
      'the answer has its authorization server': answer.includes(
        `${world.localUrl}/${DEVELOPMENT}/resources/${server?.id}`,
      ),
      'the answer says where its metadata is': answer.includes('/.well-known/oauth-protected-resource/mcp'),
    }
  },
}

const dotEnv: Task = {
  name: 'dot-env-lines',
  ask: 'I need the .env lines of the Development app (environment URL, client id, client secret). The secret is for me only, not for this conversation.',
  async checks(outcome) {
    const { world, answer } = outcome
    return {
      'the answer has the URL of the environment': answer.includes(`${world.localUrl}/${DEVELOPMENT}`),
      'the answer has the client id': answer.includes(APPLICATION),
      ...(await secretChecks(outcome, APPLICATION)),
    }
  },
}

const rotateSecret: Task = {
  name: 'rotate-client-secret',
  ask: 'Rotate the client secret of the Development app. The new secret is for me only.',
  async checks(outcome) {
    const { clients = [] } = await outcome.world.state()
    const secrets = clients.find(({ id }) => id === APPLICATION)?.secrets ?? []
    return {
      'the app has a new secret': secrets.some(
        (each) => 'sha256' in each && each.sha256 !== hashOf(FIRST_SECRET),
      ),
      ...(await secretChecks(outcome, APPLICATION)),
    }
  },
}

const machineClient: Task = {
  name: 'create-machine-client',
  ask: 'Create a machine-to-machine client "Nightly export" for Acme in Development with the scope projects:read. I need its credentials; the secret is for me only.',
  async checks(outcome) {
    const { clients = [] } = (await outcome.world.api(
      'GET',
      `organizations/${ACME}/clients?page_size=10`,
    )) as {
      clients?: { client_id: string; name: string; scopes: string[] }[]
    }
    const client = clients.find(({ name }) => name === 'Nightly export')
    return {
      'the client exists': client !== undefined,
      'its only scope is projects:read': client?.scopes.join() === 'projects:read',
      'the answer has its client id': client !== undefined && outcome.answer.includes(client.client_id),
      ...(await secretChecks(outcome, client?.client_id)),
    }
  },
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')

const isOnly = (list: unknown, value: string) => Array.isArray(list) && list.length === 1 && list[0] === value

/** Whether a client gets a token with a secret that is on a page which the person opened, and nowhere else. */
function secretChecks(outcome: Outcome, clientId: string | undefined): Promise<Record<string, boolean>> {
  const url = `${outcome.world.localUrl}/${DEVELOPMENT}/oauth/token`
  return checksOfSecret(outcome, 'secret', async (secret) => {
    if (clientId === undefined || secret === FIRST_SECRET) return false
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret }
    return (await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).ok
  })
}

export const applicationTasks = [moveApplication, registerMcpServer, dotEnv, rotateSecret, machineClient]
