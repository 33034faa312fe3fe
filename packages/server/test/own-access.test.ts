import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, mintToken } from '../../../test/harness/program.js'
import { localEnvironment } from '../src/cli/dev.js'
import { loadConfig } from '../src/config/config.js'
import { type RunningServer, startServer } from '../src/main.js'
import { createLog } from '../src/observe/log.js'
import { postCall, toolErrorOf } from './post-message.js'
import { allScopes } from './server-under-test.js'

const ORGANIZATION = 'org_100000000000000000'
const SERVER = 'res_100000000000000000'
const OLIVIA = 'olivia@yourcompany.example'

let local: LocalScalekit
let server: RunningServer
let url: string
let token: string
let olivia: string
beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}/mcp`
  local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: url, mcpServerId: SERVER })
  const config = loadConfig({
    ...localEnvironment(local, url, 'environment'),
    ...{ PORT: String(port), AUDIT_FILE: 'none', LOG_LEVEL: 'fatal', ADMIN_PERMISSION: 'projects:write' },
  })
  server = await startServer(config, createLog('fatal'))
  token = await mintToken({ localUrl: local.url }, { subject: OLIVIA, resource: SERVER, scopes: allScopes })
  const { message } = await postCall(url, token, 'whoami', {})
  olivia = String(Object(message.result?.structuredContent).subject)
})
afterAll(async () => {
  await server?.stop()
  await local?.close()
})

describe('in environment mode nobody ends the access to this server with it', () => {
  test.each<[string, () => Record<string, unknown>]>([
    ['delete_mcp_server', () => ({ mcpServerId: SERVER })],
    ['update_mcp_server', () => ({ mcpServerId: SERVER, url: 'https://elsewhere.example/mcp' })],
    ['update_mcp_server', () => ({ mcpServerId: SERVER, scopes: [] })],
    ['delete_organization', () => ({ organizationId: 'Your Company' })],
    ['delete_organizations', () => ({ organizationIds: ['org_100000000000000001', ORGANIZATION] })],
    ['update_organization_user', () => ({ organizationId: ORGANIZATION, userId: olivia, role: 'member' })],
    ['remove_organization_user', () => ({ organizationId: ORGANIZATION, userId: olivia })],
    ['delete_environment_role', () => ({ name: 'admin', reassignTo: 'member' })],
    ['update_environment_role', () => ({ name: 'admin', permissions: ['projects:read'] })],
    ['remove_permission_from_role', () => ({ roleName: 'admin', permission: 'projects:write' })],
    ['delete_permission', () => ({ name: 'projects:write' })],
  ])('%s is refused, whatever the type of the environment', async (tool, args) => {
    const answer = await postCall(`${url}?toolsets=all`, token, tool, args())
    expect(toolErrorOf(answer)).toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('The call would end the access to this server.'),
    })
    expect(toolErrorOf(await postCall(url, token, 'list_organizations', {}))).toBeUndefined()
  })

  test('the rest of what they name can be changed', async () => {
    const named = { organizationId: ORGANIZATION, userId: olivia, givenName: 'Olive' }
    expect(toolErrorOf(await postCall(url, token, 'update_organization_user', named))).toBeUndefined()
    const renamed = { name: 'admin', displayName: 'Administrator' }
    expect(toolErrorOf(await postCall(url, token, 'update_environment_role', renamed))).toBeUndefined()
    const described = { mcpServerId: SERVER, description: 'Ours' }
    expect(toolErrorOf(await postCall(url, token, 'update_mcp_server', described))).toBeUndefined()
  })
})
