import type { ControlState } from '../../storage/control-state.js'
import { newId } from '../../storage/ids.js'

/** A TXT record that is published on this machine only. */
export interface DnsRecord {
  readonly name: string
  readonly value: string
}

/** The DNS of this machine: what proves a domain where nobody can publish a real record. */
export interface DnsRecords {
  /** Adds a record; a name may have several. */
  publish(record: DnsRecord): Promise<void>
  list(): Promise<DnsRecord[]>
  /** The values that a name has. */
  txt(name: string): Promise<string[]>
  /** Removes every record of a name. Whether there was one. */
  remove(name: string): Promise<boolean>
  clear(): Promise<void>
}

export function createDnsRecords(records: ControlState<DnsRecord & { readonly id: string }>): DnsRecords {
  const of = async (name: string) =>
    (await records.list()).filter((record) => record.name === normalized(name))
  return {
    async publish({ name, value }) {
      if ((await of(name)).some((record) => record.value === value)) return
      await records.add({ id: newId('dns'), name: normalized(name), value })
    },
    list: async () => (await records.list()).map(({ name, value }) => ({ name, value })),
    txt: async (name) => (await of(name)).map(({ value }) => value),
    async remove(name) {
      const removed = await of(name)
      for (const { id } of removed) await records.remove(id)
      return removed.length > 0
    },
    clear: () => records.clear(),
  }
}

/** Names are not case-sensitive (RFC 1035, section 2.3.3), and may end with the dot of the root. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
