import type { ClientMetadata } from 'oidc-provider'
import { publicClient } from './client-metadata.js'

const CODEX = /^https:\/\/chatgpt\.com\/oauth\/codex\/(?:([\w-]{1,64})\/)?client\.json$/

/** Client ID metadata documents as their owners published them in autumn 2026, so that these clients work offline. */
const DOCUMENTS: Readonly<
  Record<string, { client_name: string; client_uri: string; redirect_uris: string[] }>
> = {
  'https://claude.ai/oauth/claude-code-client-metadata': {
    client_name: 'Claude Code',
    client_uri: 'https://claude.ai',
    redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  },
  'https://github.com/copilot/cli/client-metadata.json': {
    client_name: 'GitHub Copilot CLI',
    client_uri: 'https://github.com/features/copilot/cli',
    redirect_uris: ['http://127.0.0.1:33418/'],
  },
  'https://vscode.dev/oauth/client-metadata.json': {
    client_name: 'Visual Studio Code',
    client_uri: 'https://vscode.dev/product',
    redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
  },
  'https://insiders.vscode.dev/oauth/client-metadata.json': {
    client_name: 'Visual Studio Code - Insiders',
    client_uri: 'https://vscode.dev/product',
    redirect_uris: ['http://127.0.0.1:33418/', 'https://insiders.vscode.dev/redirect'],
  },
}

/** The metadata of a client whose document is known; undefined for other client IDs. */
export function knownClientDocument(clientId: string): ClientMetadata | undefined {
  const document = DOCUMENTS[clientId] ?? codexDocument(clientId)
  if (document === undefined) return undefined
  return {
    ...publicClient({ ...document, grant_types: ['authorization_code', 'refresh_token'] }),
    client_id: clientId,
  }
}

/** Codex has a document for each callback, whose id is in both URLs. */
function codexDocument(clientId: string) {
  const [matched, callback] = CODEX.exec(clientId) ?? []
  if (matched === undefined) return undefined
  const path = callback === undefined ? '/callback' : `/callback/${callback}`
  return {
    client_name: 'Codex',
    client_uri: 'https://chatgpt.com',
    redirect_uris: [`http://127.0.0.1${path}`, `http://localhost${path}`],
  }
}
