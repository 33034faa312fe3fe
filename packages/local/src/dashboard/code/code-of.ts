import type { DashboardApi, Json } from '../dashboard-api.js'
import { type Argument, Code, printArgument, printCall } from './print.js'
import { SDK_METHODS } from './sdk-calls.js'

/** Code that makes a call: with a method of the Node SDK where it has one, else over HTTP. */
export interface CodeView {
  readonly sdk: boolean
  readonly text: string
}

/** Where the SDK keeps the enums that calls name. */
const ENUMS: Readonly<Record<string, string>> = {
  Connection: 'connections/connections_pb.js',
  Directory: 'directories/directories_pb.js',
}

/** The code for a call of the API; undefined where the credentials of the environment may not make it. */
export async function codeOf(
  api: Pick<DashboardApi, 'rest'>,
  { baseUrl, environment }: { baseUrl: string; environment: string },
  method: string,
  message: Json,
): Promise<CodeView | undefined> {
  const known = SDK_METHODS[method]
  const parameters = known?.parameters(message)
  if (known !== undefined && parameters !== undefined) {
    const call = printCall(`scalekit.${known.method}`, parameters)
    return { sdk: true, text: [...importsFor(call), call].join('\n') }
  }
  const request = await api.rest(method, message)
  if (request === undefined) return undefined
  const { verb, path, query, body } = request
  const control = path.startsWith('/__local/')
  const url = `${baseUrl}${control ? '' : `/${environment}`}${path}${query && `?${query}`}`
  const options: Argument = {
    ...(verb !== 'GET' && { method: verb }),
    headers: control
      ? { 'content-type': 'application/json', 'x-scalekit-local': '1' }
      : {
          authorization: new Code("'Bearer ' + (await scalekit.getClientAccessToken())"),
          ...(body !== null && { 'content-type': 'application/json' }),
        },
    ...(body !== null && { body: new Code(`JSON.stringify(${printArgument(JSON.parse(body), '  ')})`) }),
  }
  return { sdk: false, text: printCall('fetch', [url, options]) }
}

/** The names of enums are in a file of the SDK for each service. */
function importsFor(call: string): string[] {
  return Object.entries(ENUMS).flatMap(([prefix, file]) => {
    const names = ['Type', 'Provider']
      .map((suffix) => prefix + suffix)
      .filter((name) => call.includes(`${name}.`))
    if (names.length === 0) return []
    return [`import { ${names.join(', ')} } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/${file}'`, '']
  })
}
