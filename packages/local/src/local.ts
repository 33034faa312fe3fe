import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { mountApi } from './api-mount.js'
import { createFaults, type Faults } from './control/faults.js'
import { createSnapshots, type Snapshots } from './control/snapshots.js'
import { createToolCatalogue } from './domain/agent-tools/catalogue.js'
import { createParamsChecker } from './domain/agent-tools/check-params.js'
import { createDnsRecords, type DnsRecords } from './domain/domains/dns-records.js'
import type { FlowInterceptors } from './domain/events/flow-interceptor.js'
import { createOutbox, type Outbox } from './domain/events/outbox.js'
import type { Webhooks } from './domain/events/webhooks.js'
import { createMcpSessionTokens } from './domain/mcp-configs/session-tokens.js'
import { sweepRegistered } from './domain/sessions/registered-clients.js'
import { createTokenIssuer } from './domain/tokens/issue-token.js'
import { createTokenVerifier } from './domain/tokens/verify-token.js'
import { createHostGuard } from './http/host-guard.js'
import { type Handlers, listen } from './http/listener.js'
import type { OwnAddress } from './http/replay-request.js'
import { reportFailure } from './http/report-failure.js'
import { createRequestLog, type RequestLog } from './http/request-log.js'
import { createHttpApp } from './http-app.js'
import { checkNames, type LocalOptions } from './local-options.js'
import { type Network, readNetwork } from './network.js'
import { createProviders } from './notify/ask-provider.js'
import { createFlowInterceptors } from './notify/flow-interceptors.js'
import { sendNotices } from './notify/notices.js'
import { releaseDeliveries } from './notify/pending-deliveries.js'
import { createWebhooks } from './notify/webhooks.js'
import type { OAuthContext } from './oauth/server/oauth-context.js'
import { createAuthenticate } from './oauth/tokens/authenticate.js'
import { readSeed } from './seed/read-seed.js'
import { resetTo, seedOnce } from './seed/reset.js'
import type { ParsedSeed } from './seed/schema.js'
import { createMovableClock, type MovableClock, systemClock } from './storage/clock.js'
import { createControlState } from './storage/control-state.js'
import type { Database } from './storage/database.js'
import { createSigningKeys, type SigningKeys } from './storage/keys.js'
import { openStorage, type Storage } from './storage/storage.js'
import { sweepExpired } from './storage/sweep.js'
import { storedCertificate } from './tls/stored-certificate.js'

const DEFAULT_PORT = 8787
const MCP_SERVER = 'res_100000000000000001'
const SWEEP_MS = 10 * 60_000

export interface LocalScalekit {
  /** `http://localhost:PORT`, `https:` with TLS, or the public URL, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** With TLS: the certificate that clients are told to trust. */
  readonly certFile?: string
  /** What `/__local` (in the header `x-scalekit-local`) and the dashboard ask for, where other machines are let in. */
  readonly token?: string
  readonly database: Database
  /** The time here, in milliseconds since the epoch: `/__local/clock` moves it. */
  now(): number
  /** Named copies of all data, the same as under `/__local/snapshots`: save one before the tests, restore it after each. */
  readonly snapshots: Snapshots
  /** Back to the seed: data, clock, faults, webhooks, outbox and request log. Signing keys and snapshots stay. */
  reset(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts a Scalekit-compatible environment on this machine. Any number may run in one process, each with its own data.
 *
 * @throws {LocalError} if an option does not exist, the port or the data folder is in use, the database cannot be used, or the seed is not valid
 */
export async function createLocalScalekit(options: LocalOptions = {}): Promise<LocalScalekit> {
  checkNames(options)
  const network = readNetwork(options.network, options.tls !== undefined)
  const clock = createMovableClock(options.clock ?? systemClock)
  const seed = withServerUrl(await readSeed(options.seed), options)
  const storage = await openStorage(options)
  try {
    const { database } = storage
    const seeded = await seedOnce(database, seed, clock)
    if (!seeded) await moveMcpServer(database, options)
    return await serve({ ...options, network }, storage, seed, clock)
  } catch (error) {
    await storage.close()
    throw error
  }
}

async function serve(
  options: Omit<LocalOptions, 'network'> & { network: Network },
  storage: Storage,
  seed: ParsedSeed,
  clock: MovableClock,
): Promise<LocalScalekit> {
  const { database } = storage
  const { host, publicUrl, allowedHosts, token } = options.network
  const outbox = createOutbox(clock, createControlState(database, 'message'))
  const parts = {
    database,
    clock,
    faults: createFaults(),
    snapshots: createSnapshots(database, clock),
    log: createRequestLog(clock),
    outbox,
    dns: createDnsRecords(createControlState(database, 'dns_record')),
    keys: createSigningKeys(database, clock),
    webhooks: createWebhooks({ database, clock, outbox }),
    interceptors: createFlowInterceptors(database, clock),
  }
  const reset = async () => {
    clock.restore()
    await resetTo(database, seed, clock)
    const { faults, log, webhooks, interceptors, dns } = parts
    for (const part of [faults, log, outbox, webhooks, interceptors, dns]) await part.clear()
  }
  const certificate = options.tls === undefined ? undefined : await storedCertificate(options.tls)
  const urlAt = (port: number) => publicUrl ?? `${certificate ? 'https' : 'http'}://localhost:${port}`
  const place = { port: options.port ?? DEFAULT_PORT, host }
  const listener = await listen(place, certificate, (port) =>
    handlers(urlAt(port), {
      ...{ ...parts, reset, allowedHosts, token },
      address: { port, host, certificate: certificate?.cert },
    }),
  )
  await storage.announce(urlAt(listener.port))
  // A file is open in one process at a time; a server may be shared.
  if (database.dialect === 'sqlite') await releaseDeliveries(database)
  const notices = sendNotices({ ...parts, baseUrl: urlAt(listener.port) })
  const sweep = async () => {
    await sweepExpired(database, clock)
    await sweepRegistered(database.db, clock.now())
  }
  await sweep()
  const sweeping = setInterval(() => sweep().catch(reportFailure), SWEEP_MS).unref()
  return {
    url: urlAt(listener.port),
    port: listener.port,
    ...(certificate ? { certFile: certificate.certFile } : {}),
    ...(token === undefined ? {} : { token }),
    database,
    now: clock.now,
    snapshots: parts.snapshots,
    reset,
    async close() {
      clearInterval(sweeping)
      await notices.stop()
      await listener.close()
      await parts.webhooks.stop()
      await storage.close()
    },
  }
}

type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

interface Parts {
  database: Database
  clock: MovableClock
  faults: Faults
  snapshots: Snapshots
  log: RequestLog
  outbox: Outbox
  dns: DnsRecords
  keys: SigningKeys
  webhooks: Webhooks
  interceptors: FlowInterceptors
  reset(): Promise<void>
  address: OwnAddress
  allowedHosts: readonly string[]
  token: string | undefined
}

function handlers(baseUrl: string, parts: Parts): Handlers {
  const { database, clock, faults, snapshots, log, outbox, dns, keys, webhooks, interceptors, reset } = parts
  const { address, allowedHosts, token } = parts
  const agentTools = {
    catalogue: createToolCatalogue(database),
    params: createParamsChecker(),
    providers: createProviders(baseUrl),
    sessionTokens: createMcpSessionTokens({ baseUrl, database, keys, clock }),
    // Otherwise the proxy would lead other machines to what only this one may reach.
    reachesLoopback: token === undefined,
  }
  const context: OAuthContext = {
    baseUrl,
    database,
    clock,
    keys,
    outbox,
    dns,
    webhooks,
    interceptors,
    agentTools,
    tokens: createTokenIssuer(keys, clock, database),
    verifier: createTokenVerifier({ baseUrl, database, keys, clock }),
  }
  const refused = createHostGuard(new URL(baseUrl), { port: address.port, allowedHosts })
  const management = mountApi({
    database,
    clock,
    baseUrl,
    outbox,
    dns,
    webhooks,
    interceptors,
    keys,
    agentTools,
    authenticate: createAuthenticate(context),
  })
  const app = createHttpApp({
    context,
    clock,
    faults,
    snapshots,
    log,
    management: management.http1,
    coverage: management.coverage,
    api: management.inProcess,
    ...{ reset, token, address },
  })
  return {
    http1: (request, response) => {
      if (refused(request, response)) return
      log.record(request, response)
      withFaults(faults, request, response, () => app(request, response))
    },
    http2: (request, response) => {
      if (refused(request, response)) return
      log.record(request, response)
      withFaults(faults, request, response, () =>
        management.http2(request, response, (error) => {
          if (error !== undefined) reportFailure(error)
          response.statusCode = error === undefined ? 404 : 500
          response.end()
        }),
      )
    },
  }
}

/** Where nobody has asked for a fault, nothing of faults is loaded. */
function withFaults(faults: Faults, request: Incoming, response: Outgoing, work: () => void): void {
  if (faults.list().length === 0) {
    work()
    return
  }
  import('./control/inject-fault.js').then(
    ({ injectFault }) => injectFault(faults, request, response, work),
    (error: unknown) => {
      reportFailure(error)
      response.destroy()
    },
  )
}

/** The MCP server may have moved to another port since the data was made. */
async function moveMcpServer({ db }: Database, options: LocalOptions): Promise<void> {
  const { mcpServerUrl: url, mcpServerId: id = MCP_SERVER } = options
  if (url !== undefined) await db.updateTable('resources').set({ url }).where('id', '=', id).execute()
}

function withServerUrl(seed: ParsedSeed, options: LocalOptions): ParsedSeed {
  const { mcpServerUrl: url, mcpServerId: id = MCP_SERVER } = options
  if (url === undefined) return seed
  const move = <Realm extends Pick<ParsedSeed['workspace'], 'mcp_servers'>>(realm: Realm): Realm => ({
    ...realm,
    mcp_servers: realm.mcp_servers.map((server) => (server.id === id ? { ...server, url } : server)),
  })
  return { ...seed, workspace: move(seed.workspace), environments: seed.environments.map(move) }
}
