/** A TXT record that is published on this machine only. */
export interface DnsRecord {
  readonly name: string
  readonly value: string
}

/** The DNS of this machine: what proves a domain where nobody can publish a real record. It lives in memory. */
export interface DnsRecords {
  /** Adds a record; a name may have several. */
  publish(record: DnsRecord): void
  list(): DnsRecord[]
  /** The values that a name has. */
  txt(name: string): string[]
  /** Removes every record of a name. Whether there was one. */
  remove(name: string): boolean
  clear(): void
}

export function createDnsRecords(): DnsRecords {
  let records: DnsRecord[] = []
  const of = (name: string) => records.filter((record) => record.name === normalized(name))
  return {
    publish({ name, value }) {
      if (!of(name).some((record) => record.value === value))
        records = [...records, { name: normalized(name), value }]
    },
    list: () => [...records],
    txt: (name) => of(name).map(({ value }) => value),
    remove(name) {
      const removed = of(name)
      records = records.filter((record) => !removed.includes(record))
      return removed.length > 0
    },
    clear() {
      records = []
    },
  }
}

/** Names are not case-sensitive (RFC 1035, section 2.3.3), and may end with the dot of the root. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
