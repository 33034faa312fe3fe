import {
  type Answer,
  asList,
  asObject,
  type DashboardApi,
  type Json,
  type Refusal,
  textAt,
} from '../dashboard-api.js'
import type { Choices, Field, Ids, Kind, Option } from '../kinds/kind.js'
import type { ShownField } from './form-page.js'
import type { ListView } from './object-table.js'

/** The longest page that every list of the API has. */
const LONGEST_PAGE = 100

/** The API has refused to read what a page is about. */
export class UnreadableObject extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message)
    this.name = 'UnreadableObject'
  }
}

/** Reads what pages show through the API. Each throws an {@link UnreadableObject}. */
export function createReader(api: DashboardApi) {
  return { list, find, offer }

  async function list(kind: Kind, ids: Ids, size: number, page?: string): Promise<ListView> {
    const { method, message, items, paged, shows } = kind.list
    const number = Number(page ?? 1)
    const paging: Json =
      paged === 'token'
        ? { page_size: size, ...(page !== undefined && { page_token: page }) }
        : paged === 'number'
          ? { page_size: size, page_number: number }
          : {}
    const answer = await read(ids, method, { ...message(ids), ...paging })
    const all = asList(answer[items]).map(asObject)
    const objects = shows ? all.filter(shows) : all
    const total = textAt(answer, 'total_size')
    if (paged === 'token') {
      const token = (name: string) => textAt(answer, name) || undefined
      const [newer, older] = [token('prev_page_token'), token('next_page_token')]
      return { kind, ids, objects, total: total === '' ? undefined : Number(total), newer, older }
    }
    if (paged === 'number') {
      const newer = number > 1 ? String(number - 1) : undefined
      const older = objects.length === size ? String(number + 1) : undefined
      return { kind, ids, objects, total: undefined, newer, older }
    }
    return { kind, ids, objects, total: objects.length, newer: undefined, older: undefined }
  }

  async function find(kind: Kind, ids: Ids): Promise<Json> {
    const object = await findAnywhere(kind, ids)
    if (object !== undefined && (kind.get?.belongs?.(object, ids) ?? true)) return object
    const message = `There is no ${kind.one} ${ids[kind.param]}`
    throw new UnreadableObject({ code: 'NOT_FOUND', message, fields: [] })
  }

  async function findAnywhere(kind: Kind, ids: Ids): Promise<Json | undefined> {
    if (kind.get) return asObject((await read(ids, kind.get.method, kind.get.message(ids)))[kind.get.object])
    const { objects } = await list(kind, ids, LONGEST_PAGE)
    return objects.find((object) => kind.idOf(object) === ids[kind.param])
  }

  /** The fields of a form with what they offer. */
  function offer(fields: readonly Field[], ids: Ids): Promise<ShownField[]> {
    return Promise.all(
      fields.map(async (field) => ({
        ...field,
        offered: field.choices ? await choose(field.choices, ids) : (field.options ?? []),
      })),
    )
  }

  /** Everything that a list has, page after page. */
  async function choose({ method, message, items, paged, option }: Choices, ids: Ids): Promise<Option[]> {
    const options: Option[] = []
    let paging: Json | undefined = paged === undefined ? {} : { page_size: LONGEST_PAGE }
    for (let number = 2; paging !== undefined; number++) {
      const answer: Json = await read(ids, method, { ...message(ids), ...paging })
      const found = asList(answer[items])
      options.push(...found.map((item) => option(asObject(item))))
      const token = textAt(answer, 'next_page_token')
      if (paged === 'token' && token !== '') paging = { page_size: LONGEST_PAGE, page_token: token }
      else if (paged === 'number' && found.length === LONGEST_PAGE)
        paging = { page_size: LONGEST_PAGE, page_number: number }
      else paging = undefined
    }
    return options
  }

  async function read(ids: Ids, method: string, message: Json): Promise<Json> {
    return answered(await api.call(ids.environment ?? '', method, message))
  }
}

/** @throws {UnreadableObject} */
export function answered(answer: Answer): Json {
  if ('refusal' in answer) throw new UnreadableObject(answer.refusal)
  return answer.answer
}
