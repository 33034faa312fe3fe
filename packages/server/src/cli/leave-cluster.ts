import cluster from 'node:cluster'
import { once } from 'node:events'

/**
 * Ends a worker's part in a cluster (PM2's, for one), so that it may end. A connection that the primary is handing over
 * at that moment goes to another worker: with a worker that simply ends it would hang, neither served nor closed.
 */
export async function leaveCluster(): Promise<void> {
  if (!cluster.worker?.isConnected()) return
  const left = once(process, 'disconnect')
  cluster.worker.disconnect()
  await left
}
