/** What each organization has done, in memory. A real server would keep it in its database. */
export function createOrganizations() {
  const actions = new Map<string, string[]>()

  return {
    /** The data of one organization. */
    dataOf: (organizationId: string) => ({ organizationId, actions: actions.get(organizationId) ?? [] }),
    addAction(organizationId: string, action: string) {
      actions.set(organizationId, [...(actions.get(organizationId) ?? []), action])
    },
  }
}

export type Organizations = ReturnType<typeof createOrganizations>
