/** The topics of the documentation. The index says which document is about which topic, because file names change. */
export const topics = [
  { name: 'mcp-auth', title: 'MCP authentication', pattern: /\bmcp\b/ },
  { name: 'full-stack-auth', title: 'Full-stack authentication', pattern: /full[- ]?stack|\bsaaskit\b/ },
  { name: 'agent-auth', title: 'Agent authentication', pattern: /\bagent(kit)?\b/ },
  { name: 'sso-scim', title: 'SSO and SCIM', pattern: /\bsso\b|\bscim\b/ },
  { name: 'quickstart', title: 'Quickstart', pattern: /\bquick ?start/ },
  { name: 'api-sdk', title: 'API and SDKs', pattern: /\bapis?\b|\bsdks?\b/ },
  { name: 'integrations', title: 'Integrations', pattern: /\bintegrations?\b/ },
  { name: 'm2m-auth', title: 'Machine-to-machine authentication', pattern: /\bm2m\b|machine/ },
] as const

export type Topic = (typeof topics)[number]['name']

export const topicNames = topics.map(({ name }) => name) as [Topic, ...Topic[]]

/** A Markdown link. No part can contain its own delimiter, so that a search takes time linear in the text. */
const LINK = /\[([^[\]\n]{1,200})\]\(([^()\s]{1,500})\)/g
const MAX_LINKS = 1_000

/**
 * Finds the document of each topic among the sets that the index links to (`/_llms-txt/NAME.txt`).
 *
 * @param index the text of `llms.txt`
 */
export function findTopicDocuments(index: string, base: URL): ReadonlyMap<Topic, URL> {
  const documents = [...index.matchAll(LINK)].filter(([, , href = '']) => href.includes('_llms-txt/'))
  const links = documents.slice(0, MAX_LINKS).flatMap(([, label = '', href = '']) => {
    const url = URL.canParse(href, base.href) ? new URL(href, base) : undefined
    if (!url || url.origin !== base.origin || !url.pathname.includes('/_llms-txt/')) return []
    const slug = url.pathname.replace(/^.*\/|\.txt$/g, '').replaceAll('-', ' ')
    return [{ url, words: `${label} ${slug}`.toLowerCase() }]
  })
  const found = topics.flatMap(({ name, pattern }) => {
    const link = links.find(({ words }) => pattern.test(words))
    return link ? [[name, link.url] as const] : []
  })
  return new Map(found)
}
