import type { DescMethod } from '@bufbuild/protobuf'
import { httpBindings, requestFields, services } from '@scalekit-mcp/api'
import { REFUSED_FIELDS } from '../../packages/local/src/api/fields/refused-fields.js'
import { ELSEWHERE } from '../../packages/local/test/api/fields/elsewhere.js'
import { HONOURED } from '../../packages/local/test/api/fields/honoured.js'
import { OUTPUT_ONLY } from '../../packages/local/test/api/fields/output-only.js'

interface Row {
  readonly method: DescMethod
  readonly path: string
  readonly text: string
}

/** The reference page of the fields of the management API, from the tables that its test runs. */
export function localFieldsPage(): string {
  const honoured: readonly Row[] = [
    ...HONOURED.flatMap(({ seen, fields }) =>
      fields.flatMap(([method, ...paths]) => paths.map((path) => ({ method, path, text: seen }))),
    ),
    ...ELSEWHERE.flatMap(({ seen, methods, paths }) =>
      methods.flatMap((method) => paths.map((path) => ({ method, path, text: seen }))),
    ),
  ]
  const refused = REFUSED_FIELDS.map(
    ({ method, field, reason }): Row => ({ method, path: field.path, text: reason }),
  )
  const ignored = OUTPUT_ONLY.flatMap(([reason, methods, paths]) =>
    methods.flatMap((method) =>
      requestFields(method)
        .filter(({ path }) => paths.includes(path))
        .map(({ path }): Row => ({ method, path, text: reason })),
    ),
  )
  return `# The fields of the management API

The local environment accepts no setting that it does not honour. ${honoured.length} fields change something that a caller sees;
${refused.length} are refused. A [test](../../packages/local/test/api/fields.test.ts) sets every one of them. Fields in the URL are not
listed: they say which object a request is about.

The paths below are those of the RPC's request message. Over REST, the HTTP rule of the RPC says which part of it the body is:
the whole message (\`body: "*"\`), or one of its fields. In the second case send that field itself, without its name. These
RPCs have such a body:

${bodyTable()}
A request with a field or a query parameter that the API does not define, or with a value that an enum does not define, gets
\`INVALID_ARGUMENT\` (HTTP 400) and changes nothing. \`validation_error_info\` names each of them. Names of enum values are case-sensitive.

## Refused

A request that sets one of these gets \`UNIMPLEMENTED\` (HTTP 501) and changes nothing. The details of the error name the
field, in \`validation_error_info\` of Scalekit's \`ErrorInfo\` and in \`metadata.field\` of a \`google.rpc.ErrorInfo\` with the
reason \`FIELD_NOT_SUPPORTED\`. An empty value is accepted.

${table(refused, 'why')}
## Ignored

These are in messages that requests and answers share, and only answers have them. A request may repeat them. The same is
true of the fields that the descriptors mark \`OUTPUT_ONLY\`.

${table(ignored, 'why')}
## Honoured

${table(honoured, 'seen')}
Made from the tests by \`npm run generate\`.
`
}

/** The RPCs whose REST body is one field of the request, by that field. */
function bodyTable(): string {
  const rows = services
    .flatMap((service) => service.methods)
    .flatMap((method) => {
      const bodies = httpBindings(method).map(({ body }) => body)
      const fields = [...new Set(bodies)].filter((body) => body !== '' && body !== '*')
      return fields.map((field) => ({ field, name: `${method.parent.name}.${method.name}` }))
    })
  const lines = [...new Set(rows.map(({ field }) => field))].map((field) => {
    const names = rows.filter((row) => row.field === field).map(({ name }) => name)
    return `| \`${field}\` | ${names.join(', ')} |`
  })
  return `| the body is | RPCs |\n|---|---|\n${lines.join('\n')}\n`
}

/** One line for each RPC and text, in the order of the services. */
function table(rows: readonly Row[], heading: string): string {
  const methods = services.flatMap((service) => service.methods)
  const lines = methods.flatMap((method) => {
    const own = rows.filter((row) => row.method === method)
    return [...new Set(own.map(({ text }) => text))].map((text) => {
      const paths = own.filter((row) => row.text === text).map(({ path }) => `\`${path}\``)
      return `| ${method.parent.name}.${method.name} | ${paths.join(' ')} | ${text} |`
    })
  })
  return `| RPC | fields | ${heading} |\n|---|---|---|\n${lines.join('\n')}\n`
}
