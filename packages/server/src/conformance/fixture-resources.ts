import { type ReadResourceResult, ResourceNotFoundError, type Server } from '@modelcontextprotocol/server'
import { PNG } from './sample-media.js'

const WATCHED = 'test://watched-resource'

const resources = [
  { uri: 'test://static-text', name: 'static-text', description: 'A text.', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'static-binary', description: 'An image.', mimeType: 'image/png' },
  { uri: WATCHED, name: 'watched-resource', description: 'A text to subscribe to.', mimeType: 'text/plain' },
]

const resourceTemplates = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'template',
    description: 'Data of an id.',
    mimeType: 'application/json',
  },
]

export function registerResources(server: Server): void {
  server.setRequestHandler('resources/list', () => ({ resources }))
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }))
  server.setRequestHandler('resources/read', ({ params }) => read(params.uri))
  // Nothing ever changes in them, so there is nothing to keep of a subscription.
  server.setRequestHandler('resources/subscribe', ({ params }) => known(params.uri))
  server.setRequestHandler('resources/unsubscribe', ({ params }) => known(params.uri))
}

function read(uri: string): ReadResourceResult {
  if (uri === 'test://static-text') {
    return {
      contents: [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
    }
  }
  if (uri === 'test://static-binary') return { contents: [{ uri, mimeType: 'image/png', blob: PNG }] }
  if (uri === WATCHED) return { contents: [{ uri, mimeType: 'text/plain', text: 'Watched.' }] }
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
  if (id === undefined) throw new ResourceNotFoundError(uri)
  const data = { id, templateTest: true, data: `Data for ID: ${id}` }
  return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(data) }] }
}

function known(uri: string): Record<string, never> {
  if (!resources.some((resource) => resource.uri === uri)) throw new ResourceNotFoundError(uri)
  return {}
}
