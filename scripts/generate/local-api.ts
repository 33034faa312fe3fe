import type { DescMethod } from '@bufbuild/protobuf'
import { authOption, httpBindings, services } from '@scalekit-mcp/api'
import { createLocalScalekit } from '@scalekit-mcp/local'
import { assumptions, behaviour } from './local-api-assumptions.js'

/** The reference page of the management API that the local environment serves, from the descriptors and from what it registers. */
export async function localApiPage(): Promise<string> {
  const served = await servedMethods()
  const sections = [...services]
    .sort((a, b) => (a.typeName < b.typeName ? -1 : 1))
    .map((service) => {
      const rows = service.methods.map((method) =>
        row(method, served.has(`${service.typeName}.${method.name}`)),
      )
      const known = assumptions[service.name]
      return `## ${service.name}\n\n${known ? `${known}\n\n` : ''}| RPC | REST | who may call | served |\n|---|---|---|---|\n${rows.join('\n')}\n`
    })
  const total = services.flatMap((service) => service.methods).length
  return `# The management API of the local environment

${served.size} of the ${total} RPCs whose descriptors are known are served, each over gRPC, gRPC-web, Connect and REST by one
handler. Any other answers Unimplemented with a typed detail, never an invented success.

Who may call is read from the descriptors, as are the rules of the fields and the REST paths. *Client*: an environment's
credentials; *workspace*: a member; *session*: a signed-in user, with the permission in brackets; *portal*: the admin portal. What is above a table is
assumed where Scalekit's documents do not say it: there the live service may behave otherwise.

A session calls with an access token of a user whose only audience is the issuer of the environment:
\`POST /__local/tokens\` creates one, with the issuer as \`resource\`. A token for an application or an MCP server is refused with
401. The user needs the permission through a role in the organization. The seed has none of these permissions: create them. The
[guide](../guides/local-environment.md#call-the-api-as-a-user) shows the commands.

Which fields of a request change what, and which are refused, is in [the fields of the API](local-fields.md).

${sections.join('\n')}
## Assumed of sign-in, tokens, webhooks and interceptors

${behaviour.map((assumption) => `* ${assumption}`).join('\n')}

Made from the descriptors by \`npm run generate\`.
`
}

async function servedMethods(): Promise<ReadonlySet<string>> {
  const local = await createLocalScalekit({ port: 0, memory: true })
  const response = await fetch(`${local.url}/__local/coverage`, { headers: { 'x-scalekit-local': '1' } })
  const { served } = (await response.json()) as { served: string[] }
  await local.close()
  return new Set(served)
}

function row(method: DescMethod, served: boolean): string {
  const [binding] = httpBindings(method)
  const rest = binding ? `\`${binding.verb} ${binding.path.source}\`` : ''
  return `| ${method.name} | ${rest} | ${callers(method)} | ${served ? 'yes' : 'no'} |`
}

function callers(method: DescMethod): string {
  const { callers = [], permissions = [] } = authOption(method) ?? {}
  const rights = permissions.length > 0 ? ` (${permissions.map((name) => `\`${name}\``).join(', ')})` : ''
  return [...callers].map((caller) => (caller === 'session' ? `session${rights}` : caller)).join(', ')
}
