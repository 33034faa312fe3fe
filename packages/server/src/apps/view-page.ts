import { createHash } from 'node:crypto'
import type { View } from './view.js'
import { viewRuntime } from './view-runtime.js'
import { viewStyle } from './view-style.js'

/**
 * One self-contained page. Its own policy lets it run its script and nothing else: nothing is loaded, sent or framed.
 */
export function viewPage(view: View): string {
  const script = scriptOf(view)
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(viewStyle)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${view.title}</title>
<style>${viewStyle}</style>
</head>
<body>
<main id="view"><h1>${view.title}</h1><p role="status">Waiting for the result…</p></main>
<script>${script}</script>
</body>
</html>
`
}

/** `<` stays out of the JSON, so that no text in it ends the element. */
function scriptOf(view: View): string {
  return `'use strict';\nconst view = ${JSON.stringify(view).replaceAll('<', '\\u003c')};\n${viewRuntime}`
}

/** Content Security Policy 3, section 2.3.1: a hash source. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
