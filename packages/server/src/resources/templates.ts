/**
 * Objects of Scalekit that have a URI. Each is read by a tool, so that the same rules decide who may see it.
 */
export interface ObjectTemplate {
  readonly uriTemplate: string
  readonly name: string
  readonly title: string
  readonly description: string
  /** Which tool reads it; the variables of the template are its arguments. */
  readonly tool: string
}

export const objectTemplates: readonly ObjectTemplate[] = [
  {
    uriTemplate: 'scalekit://environments/{environmentId}',
    name: 'environment',
    title: 'Environment',
    description: 'One environment of the workspace.',
    tool: 'get_environment_details',
  },
  {
    uriTemplate: 'scalekit://environments/{environmentId}/organizations/{organizationId}',
    name: 'organization',
    title: 'Organization',
    description: 'One organization of an environment.',
    tool: 'get_organization_details',
  },
  {
    uriTemplate: 'scalekit://environments/{environmentId}/connections/{connectionId}',
    name: 'connection',
    title: 'Connection',
    description: 'One SSO connection of an environment, with its status.',
    tool: 'get_connection',
  },
]

const patterns = objectTemplates.map((template) => ({
  template,
  pattern: new RegExp(`^${template.uriTemplate.replace(/\{(\w+)\}/g, '(?<$1>[a-z]+_[0-9]{1,28})')}$`),
}))

/** Which tool call a URI stands for; undefined for a URI that is not one of ours. */
export function callOfUri(uri: string): { tool: string; args: Record<string, string> } | undefined {
  for (const { template, pattern } of patterns) {
    const match = uri.length <= 200 ? pattern.exec(uri) : null
    if (match) return { tool: template.tool, args: { ...match.groups } }
  }
  return undefined
}
