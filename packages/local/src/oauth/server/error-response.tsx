import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { ErrorPage } from '../../http/page/message-pages.js'
import { renderPage } from '../../http/page/page.js'
import { pageHeaders } from '../../http/page/page-headers.js'
import { unreadableDocument } from '../clients/unreadable-document.js'

const NEXT_STEPS: Record<string, string> = {
  invalid_client:
    'The client is not known here. If the local environment was reset, remove the stored sign-in from the client and connect again.',
  invalid_client_metadata_url:
    'Make the client ID metadata document readable from this machine, or let the client register itself.',
  invalid_redirect_uri:
    'Add the redirect URI to the client, exactly as the client sends it, and start again. Only the port of a localhost address may differ.',
  invalid_request: 'Start again from the application that sent you here.',
  invalid_target:
    'Check the URL of the MCP server that the client connects to, and that it is registered here.',
}

/** The sections of docs/guides/troubleshooting.md. */
const GUIDE: Record<string, string> = {
  invalid_client: '401-again-and-again',
  invalid_client_metadata_url: '401-again-and-again',
  invalid_scope: '403-again-and-again',
  invalid_target: 'invalid-audience',
}

/** Shows what the authorization endpoint cannot tell the client: who it is or where it lives is in doubt. */
export function renderErrorPage(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void {
  const unreadable = unreadableDocument(error, out.error_description ?? '')
  const code = unreadable === undefined ? out.error : 'invalid_client_metadata_url'
  ctx.set(pageHeaders())
  ctx.body = renderPage(
    <ErrorPage
      title="This sign-in cannot go on"
      explanation={sentence(unreadable ?? out.error_description ?? 'The request was refused.')}
      next={nextStep(ctx, code) ?? 'Start again from the application that sent you here.'}
      code={code}
      {...(GUIDE[code] ? { guide: `docs/guides/troubleshooting.md#${GUIDE[code]}` } : {})}
    />,
  )
}

function nextStep(ctx: KoaContextWithOIDC, code: string): string | undefined {
  const lacksOrganization = code === 'invalid_redirect_uri' && ctx.oidc?.client?.lacks_organization === true
  return lacksOrganization
    ? 'Redirect URIs of this client have placeholders for an organization: name the organization in the parameter organization_id.'
    : NEXT_STEPS[code]
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}
