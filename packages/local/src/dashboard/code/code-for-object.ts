import type { DashboardApi, Json } from '../dashboard-api.js'
import type { Ids, Kind } from '../kinds/kind.js'
import { messageOf } from '../objects/build-message.js'
import { type CodeView, codeOf } from './code-of.js'

export interface NamedCode {
  readonly name: string
  readonly code: CodeView
}

/** Code that creates an object as it is, reads it and deletes it. */
export async function codeForObject(
  api: DashboardApi,
  baseUrl: string,
  kind: Kind,
  ids: Ids,
  object: Json,
): Promise<NamedCode[]> {
  const place = { baseUrl, environment: ids.environment ?? '' }
  const create = kind.creates.find(({ applies }) => applies?.(object, ids) ?? true)
  const remove = kind.operations.find(({ name }) => name === 'delete')
  const calls: [name: string, method: string, message: Json][] = [
    ...(create ? [call('Create it', create.method, messageOf(create, ids, object))] : []),
    ...(kind.get ? [call('Read it', kind.get.method, kind.get.message(ids))] : []),
    ...(remove ? [call('Delete it', remove.method, remove.message(ids, object))] : []),
  ]
  const shown: NamedCode[] = []
  for (const [name, method, message] of calls) {
    const code = await codeOf(api, place, method, message)
    if (code !== undefined) shown.push({ name, code })
  }
  return shown
}

const call = (name: string, method: string, message: Json): [string, string, Json] => [name, method, message]
