import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { ErrorPage } from '../../http/page/message-pages.js'
import { renderPage } from '../../http/page/page.js'
import { pageHeaders } from '../../http/page/page-headers.js'

const NEXT_STEPS: Record<string, string> = {
  invalid_client:
    'The client is not known here. If the local environment was reset, remove the stored sign-in from the client and connect again.',
  invalid_redirect_uri:
    'Add the redirect URI to the client, exactly as the client sends it, and start again. Only the port of a localhost address may differ.',
  invalid_request: 'Start again from the application that sent you here.',
  invalid_target:
    'Check the URL of the MCP server that the client connects to, and that it is registered here.',
}

/** The sections of docs/guides/troubleshooting.md. */
const GUIDE: Record<string, string> = {
  invalid_client: '401-again-and-again',
  invalid_scope: '403-again-and-again',
  invalid_target: 'invalid-audience',
}

/** Shows what the authorization endpoint cannot tell the client: who it is or where it lives is in doubt. */
export function renderErrorPage(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  ctx.set(pageHeaders())
  ctx.body = renderPage(
    <ErrorPage
      title="This sign-in cannot go on"
      explanation={sentence(out.error_description ?? 'The request was refused.')}
      next={NEXT_STEPS[out.error] ?? 'Start again from the application that sent you here.'}
      code={out.error}
      {...(GUIDE[out.error] ? { guide: `docs/guides/troubleshooting.md#${GUIDE[out.error]}` } : {})}
    />,
  )
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}
