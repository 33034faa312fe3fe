import { anthropicModel } from './anthropic.js'
import type { Model } from './model.js'
import { openAiModel } from './openai.js'

type Variables = Readonly<Record<string, string | undefined>>

export interface Endpoint {
  readonly api: Api
  readonly url: string
  readonly model: string
  readonly key: string | undefined
}

const paths = { openai: '/v1/chat/completions', anthropic: '/v1/messages' } as const
type Api = keyof typeof paths

/** The model that the environment variables describe. */
export function modelFrom(env: Variables): Model {
  const endpoint = endpointFrom(env)
  return endpoint.api === 'anthropic' ? anthropicModel(endpoint) : openAiModel(endpoint)
}

/** @throws Error with the variable to set */
export function endpointFrom(env: Variables): Endpoint {
  const { EVAL_MODEL_URL: url, EVAL_MODEL: model, EVAL_MODEL_KEY: key, EVAL_MODEL_API: wanted } = env
  if (!url || !URL.canParse(url)) {
    throw new Error('Set EVAL_MODEL_URL to the URL of a model API, like https://api.example.com.')
  }
  if (!model) throw new Error('Set EVAL_MODEL to the name of the model.')
  if (wanted && !isApi(wanted)) throw new Error(`Set EVAL_MODEL_API to openai or anthropic, not ${wanted}.`)
  const api = wanted && isApi(wanted) ? wanted : apiOf(new URL(url))
  return { api, url: addressOf(new URL(url), paths[api]), model, key: key || undefined }
}

const isApi = (api: string): api is Api => Object.hasOwn(paths, api)

/** By its path, else by its host. */
function apiOf({ pathname, hostname }: URL): Api {
  if (pathname.endsWith('/messages')) return 'anthropic'
  if (pathname.endsWith('/chat/completions')) return 'openai'
  return /(^|\.)anthropic\./.test(hostname) ? 'anthropic' : 'openai'
}

/** Accepts the whole URL, one that ends with /v1, and the origin. */
function addressOf(url: URL, path: string): string {
  const base = url.pathname.replace(/\/+$/, '')
  const end = path.slice('/v1'.length)
  if (base.endsWith(end)) return url.href
  url.pathname = base.endsWith('/v1') ? base + end : base + path
  return url.href
}
