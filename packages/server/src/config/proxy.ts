import { variableValue } from '@scalekit-mcp/auth'

/** The forward proxy through which this machine reaches other hosts. */
export interface ProxyConfig {
  readonly httpProxy?: string
  readonly httpsProxy?: string
  /** Hosts that are reached directly, with commas between them. */
  readonly noProxy: string
}

/** What runs on this machine, such as a local environment, is no matter of a proxy. */
const HERE = ['localhost', '127.0.0.1', '[::1]']

/** The variables that most programs share, in both spellings; undefined where none names a proxy. */
export function proxyOf(environment: Readonly<Record<string, string | undefined>>): ProxyConfig | undefined {
  const read = (name: string) => variableValue(environment[name.toLowerCase()] ?? environment[name])
  const [httpProxy, httpsProxy, noProxy] = [read('HTTP_PROXY'), read('HTTPS_PROXY'), read('NO_PROXY')]
  if ((!httpProxy && !httpsProxy) || noProxy === '*') return undefined
  return {
    ...(httpProxy ? { httpProxy } : {}),
    ...(httpsProxy ? { httpsProxy } : {}),
    noProxy: [...HERE, ...(noProxy ? [noProxy] : [])].join(','),
  }
}

/** A sentence for each proxy that is not the URL of one. */
export function wrongProxies({ httpProxy, httpsProxy }: Partial<ProxyConfig> = {}): string[] {
  return Object.entries({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy })
    .filter(([, url]) => url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
    .map(([name]) => `${name}: set it to the URL of the proxy, like http://proxy.internal:3128.`)
}
