import { ERRORS } from '../../packages/auth/src/errors.js'
import { TOKEN_RULES } from '../../packages/auth/src/token-rules.js'
import { toolErrors } from '../../packages/server/src/errors.js'
import { PERSON_REFUSALS } from '../../packages/server/src/http/refuse-person.js'

type Refusal = (typeof ERRORS)[keyof typeof ERRORS]

/** The reference page of everything that can be refused or fail. */
export function errorsPage(): string {
  const refusals = Object.entries(ERRORS).map(
    ([code, error]) => `| \`${code}\` | ${error.status} | ${error.when} | ${formOf(error)} |`,
  )
  const persons = Object.entries(PERSON_REFUSALS).map(
    ([code, { status, when }]) => `| \`${code}\` | ${status} | ${when} |`,
  )
  const rules = Object.entries(TOKEN_RULES).map(([detail, when]) => `| \`${detail}\` | ${when} |`)
  const failures = Object.entries(toolErrors).map(([code, nextStep]) => `| \`${code}\` | ${nextStep} |`)
  return `# Errors

Codes never change. Every text is written by us: nothing in it comes from a token, a body, or the answer of another service.
The cause is in the server's log, under the id that the answer has as \`x-request-id\`.

## A request is refused

By the auth kit, before anything else sees the request; in code, an \`AuthError\` with this \`code\`.

| code | HTTP | when | answer |
|---|---|---|---|
${refusals.join('\n')}

*challenge*: \`WWW-Authenticate: Bearer\` with the scopes that are needed and \`resource_metadata\` (RFC 6750, RFC 9728). A code that a
tool finds, like \`no_organization\`, is told in the tool's result.

By the Scalekit MCP server, after the token was accepted and the scopes were complete; \`{"error","error_description"}\`:

| code | HTTP | when |
|---|---|---|
${persons.join('\n')}
| \`invalid_request\` | 400 | the URL has a restriction that is misspelled or impossible; the text says what to write |

A client of MCP 2025-11-25 or earlier that answers a question of the server gets 202, or the JSON-RPC error -32600:

| HTTP | when |
|---|---|
| 400 | no question with this id waits: it was answered, its time is over, or its call has ended; or \`Mcp-Session-Id\` is missing |
| 404 | the session belongs to another caller |
| 503 | Redis is out of reach; \`Retry-After\` says when to send the answer again |

## A token is refused

The answer to \`invalid_token\` never says why. The log does, in \`detail\`:

| detail | when |
|---|---|
${rules.join('\n')}

Another detail that begins with \`ERR_\` is a code of the library [jose](https://github.com/panva/jose), with the claim, such as one that the
option \`claims\` of the auth kit names.

## A tool call fails

The result has \`isError\`, and as text \`{"error":{"code","message","nextStep"}}\`. With \`person_needed\` it also has
\`handOff\`: \`id\`, \`url\` of the page, \`expiresAt\`.

Over HTTP, \`invalid_token\` is the answer 401 with the challenge above, so that the client renews its token. The tool's result has it
only where a stream has begun before: after a report of progress, or a question to the user.

| code | next step |
|---|---|
${failures.join('\n')}

Made from the code by \`npm run generate\`.
`
}

function formOf(error: Refusal): string {
  if ('challenge' in error) return 'challenge, `{"error","error_description"}`'
  return 'rpc' in error ? `JSON-RPC error ${error.rpc}` : '`{"error","error_description"}`'
}
