import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider'
import { m2mClientAt } from '../../domain/clients/m2m-clients.js'
import type { Partition } from '../../domain/environments/realm.js'
import type { DataStore } from '../../domain/store.js'
import { RecordAdapter } from '../server/record-adapter.js'
import { actingOrganizations } from '../sign-in/acting-organization.js'
import { knownClientDocument } from './known-documents.js'
import { fetchLocalClientDocument, isLocalClientDocument } from './local-client-document.js'
import { m2mMetadata } from './m2m-metadata.js'
import { findScalekitClient, isScalekitClient, nobody } from './scalekit-clients.js'

/** Where clients prove who they are. */
const AUTHENTICATING = ['token', 'introspection', 'revocation']

/**
 * Where clients come from: Scalekit's own and machines from the management API's tables, documents on this machine from
 * where they are served, and those that registered themselves from the records. Documents on the internet
 * are resolved by oidc-provider, when nothing is found here.
 */
export class ClientAdapter extends RecordAdapter implements Adapter {
  readonly #database: DataStore['database']
  readonly #owner: Partition
  readonly #documents: boolean
  readonly #acting: ReturnType<typeof actingOrganizations>

  constructor(store: DataStore, partition: Partition, documents: boolean) {
    super(store, partition, 'Client')
    this.#database = store.database
    this.#owner = partition
    this.#documents = documents
    this.#acting = actingOrganizations(store, partition.realm)
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    if (isScalekitClient(id)) {
      const organization = await this.#organization()
      const client = await findScalekitClient(this.#database, this.#owner, id, organization)
      // A secret is compared for an unknown client too, so that the response time does not reveal which ids exist.
      const proves = AUTHENTICATING.includes(Provider.ctx?.oidc.route ?? '')
      return client ?? (proves ? nobody(this.#owner) : undefined)
    }
    if (isLocalClientDocument(id) && this.#documents) return fetchLocalClientDocument(id)
    const known = this.#documents ? knownClientDocument(id) : undefined
    if (known !== undefined) return known
    const machine = await m2mClientAt(this.#database, this.#owner, id)
    if (machine !== undefined) return m2mMetadata(machine)
    const found = await super.find(id)
    if (found === undefined) return undefined
    const { jti: _, ...client } = found
    return client
  }

  /** The organization of the request, or of the session that signs out. */
  async #organization(): Promise<string | undefined> {
    const { route, params, session } = Provider.ctx?.oidc ?? {}
    if (route === 'end_session') return this.#acting.get(session?.uid)
    const asked = params?.organization_id
    return typeof asked === 'string' ? asked : undefined
  }
}
