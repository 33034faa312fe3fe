import type { Timeouts } from '../src/config/timeouts.js'
import { type FaultyApi, startFaultyApi } from './faulty-api.js'
import { patient, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

/** The server with an API that a test can break, and with limits that a test does not meet. */
export interface BehindFaultyApi {
  readonly server: ServerUnderTest
  readonly api: FaultyApi
  close(): Promise<void>
}

/**
 * Starts both.
 *
 * @param env further configuration, from the URL of the API and of the local environment behind it
 * @param waits give those of the product where a test is about them
 */
export async function startBehindFaultyApi(
  env: (apiUrl: string, localUrl: string) => Record<string, string> = () => ({}),
  waits: Timeouts = patient,
): Promise<BehindFaultyApi> {
  const apis: FaultyApi[] = []
  const configure = async (localUrl: string) => {
    const started = await startFaultyApi(localUrl)
    apis.push(started)
    return {
      SCALEKIT_WORKSPACE_URL: `${started.url}/workspace`,
      EXPECTED_ISSUERS: `${localUrl}/workspace`,
      REQUESTS_PER_MINUTE: '1000000',
      ...env(started.url, localUrl),
    }
  }
  const server = await startServerUnderTest(configure, undefined, undefined, waits)
  const [api] = apis
  if (!api) throw new Error('The server started without asking for its configuration.')
  return {
    server,
    api,
    async close() {
      await server.close()
      await api.close()
    },
  }
}
