import { createHash, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { verifyChain } from '../../packages/server/src/audit/verify-chain.js'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { auditPlace, readRecords } from '../../packages/server/test/audit-records.js'
import { startFaultyApi } from '../../packages/server/test/faulty-api.js'
import { postCall } from '../../packages/server/test/post-message.js'
import { freePort, mintToken, run, untilReady } from './program.js'

const environmentId = 'env_100000000000000001'

export interface Kills {
  /** Writes that had reached the API when the server was killed. */
  readonly reached: number
  /** Of these, those without an intent on the disk, or with an outcome. */
  readonly wrong: number
  /** What is wrong with the chain after all of it; undefined when nothing is. */
  readonly problem: unknown
}

/**
 * Kills the server (SIGKILL) in the middle of a write, again and again: when the write has reached the API, and has
 * no answer. Every start continues the same audit log.
 */
export async function killDuringWrites(times: number): Promise<Kills> {
  const place = await auditPlace()
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const api = await startFaultyApi(local.url)
  const env = {
    ...localEnvironment(local, resource),
    SCALEKIT_WORKSPACE_URL: `${api.url}/workspace`,
    EXPECTED_ISSUERS: `${local.url}/workspace`,
    PORT: String(port),
    AUDIT_FILE: place.file,
  }
  const request = { scopes: ['organization:write'], resource, expires_in: 3600 }
  const token = await mintToken({ localUrl: local.url }, request)
  let reached = 0
  let wrong = 0

  async function killOnce(name: string): Promise<void> {
    const child = run(['serve'], env)
    const ended = once(child, 'close')
    await untilReady(`http://localhost:${port}/ready`, child, () => '')
    api.fault = ({ method }) => {
      if (method === 'GET') return false
      reached++
      return child.kill('SIGKILL')
    }
    const call = postCall(resource, token, 'create_organization', { environmentId, name })
    await Promise.all([call.catch(() => undefined), ended])
  }

  async function isRight(name: string): Promise<boolean> {
    const canonical = JSON.stringify({ environmentId, name })
    const argumentsDigest = createHash('sha256').update(canonical).digest('base64url')
    const records = (await readRecords(place.file)).filter((each) => each.argumentsDigest === argumentsDigest)
    return records.length === 1 && records[0]?.type === 'intent'
  }

  try {
    for (let kill = 0; kill < times; kill++) {
      await killOnce(`Killed ${kill}`)
      if (!(await isRight(`Killed ${kill}`))) wrong++
    }
    const publicKey = createPublicKey(await readFile(place.keyFile))
    return { reached, wrong, problem: (await verifyChain(place.file, publicKey)).problem }
  } finally {
    await api.close()
    await local.close()
  }
}
