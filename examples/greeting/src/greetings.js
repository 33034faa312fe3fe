/** Greetings by organization, in memory: where your database would be. */
export function createGreetings() {
  /** @type {Map<string, string[]>} */
  const byOrganization = new Map()
  /** @param {string} organization */
  const of = (organization) => byOrganization.get(organization) ?? []

  return {
    of,
    /**
     * @param {string} organization
     * @param {string} greeting
     */
    add(organization, greeting) {
      byOrganization.set(organization, [...of(organization), greeting])
      return greeting
    },
    clear() {
      const count = [...byOrganization.values()].flat().length
      byOrganization.clear()
      return count
    },
  }
}
