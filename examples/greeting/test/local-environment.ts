import { createLocalScalekit, type LocalScalekit } from '@scalekit-mcp/local'
import request from 'supertest'

/** The URL of the greeting server that the tests register. */
export const resource = 'http://localhost:3002/'
const mcpServerId = 'res_100000000000000002'

export interface LocalEnvironment {
  /** The variables of the server, as a developer puts them in `.env`. */
  readonly variables: Record<string, string>
  /** An access token, without a sign-in. */
  tokenOf(email: string, ...scopes: string[]): Promise<string>
  close(): Promise<void>
}

/** A Scalekit environment in memory, with the people of the default seed. */
export async function startLocalEnvironment(url = resource): Promise<LocalEnvironment> {
  const local: LocalScalekit = await createLocalScalekit({
    port: 0,
    memory: true,
    mcpServerUrl: url,
    mcpServerId,
  })
  const environmentUrl = `${local.url}/env_100000000000000001`
  // Its first request loads the authorization server, which takes seconds on a busy machine.
  await request(environmentUrl).get('/keys').expect(200)
  return {
    variables: {
      SK_ENV_URL: environmentUrl,
      SK_CLIENT_ID: 'skc_100000000000000001',
      SK_CLIENT_SECRET: 'test_local_secret',
      EXPECTED_AUDIENCE: url,
      PROTECTED_RESOURCE_METADATA: JSON.stringify({
        resource: url,
        authorization_servers: [`${environmentUrl}/resources/${mcpServerId}`],
        bearer_methods_supported: ['header'],
        scopes_supported: ['user:read', 'admin'],
      }),
      PORT: new URL(url).port,
      LOG_LEVEL: 'silent',
    },
    async tokenOf(email, ...scopes) {
      const { body } = await request(local.url)
        .post('/__local/tokens')
        .set('x-scalekit-local', '1')
        .send({ subject: email, resource: url, scopes })
        .expect(200)
      return body.access_token
    },
    close: () => local.close(),
  }
}
