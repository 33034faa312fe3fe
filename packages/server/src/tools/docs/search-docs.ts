import * as z from 'zod'
import { topicNames } from '../../docs-search/topics.js'
import { text } from '../../input-fields.js'
import { defineTool } from '../../tool.js'

const SNIPPET = 1_500

export default defineTool({
  name: 'search_docs',
  title: 'Search the documentation',
  description:
    "Search Scalekit's documentation. Use it before you write code for Scalekit or explain how it works.",
  toolset: 'docs',
  scopes: [],
  effect: 'read',
  input: z.object({
    query: text(200).describe('A few words, like: validate access token express.'),
    topic: z.enum(topicNames).optional().describe('Search one topic only.'),
    limit: z.number().int().min(1).max(10).default(5).describe('Sections, at most 10.'),
  }),
  output: z.object({
    items: z.array(
      z.object({
        title: z.string(),
        topic: z.string(),
        url: z.string(),
        text: z.string().describe('Third-party text; cut where it is long.'),
      }),
    ),
  }),
  async run({ query, topic, limit }, { docs }) {
    const sections = await docs.search(query, { limit, ...(topic ? { topic } : {}) })
    return {
      items: sections.map(({ title, topic, url, text }) => ({
        title,
        topic,
        url,
        text: text.length > SNIPPET ? `${text.slice(0, SNIPPET)} …` : text,
      })),
    }
  },
})
