import { Id, State } from '../../http/page/data-table.js'
import { asList, asObject, at, type Json, type JsonValue, textAt } from '../dashboard-api.js'
import { Moment } from '../moment.js'
import type { Column } from './kind.js'

export const text = (name: string, path: string): Column => ({
  name,
  of: (object) => textAt(object, path) || '–',
})

export const code = (name: string, path: string): Column => ({
  name,
  of: (object) => (textAt(object, path) === '' ? '–' : <Id>{textAt(object, path)}</Id>),
})

/** The texts of a list, or of one member of its entries. */
export const texts = (name: string, path: string, member = ''): Column => ({
  name,
  of: (object) =>
    asList(at(object, path))
      .map((one) => textAt(one, member))
      .join(', ') || '–',
})

export const pairsOf = (name: string, path: string): Column => ({
  name,
  of: (object) =>
    Object.entries(asObject(at(object, path)))
      .map(([key, value]) => `${key}: ${textAt(value, '')}`)
      .join(', ') || '–',
})

export const time = (name: string, path: string): Column => ({
  name,
  of: (object) => <Time at={at(object, path)} />,
})

export const yesNo = (name: string, path: string): Column => ({
  name,
  of: (object) => (at(object, path) === true ? 'yes' : 'no'),
})

export const enabled: Column = {
  name: 'State',
  of: (object) => (object.enabled === true ? <State good>enabled</State> : <State>disabled</State>),
}

/** `PENDING_INVITE` as a person reads it. */
export function words(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ')
}

export const inWords = (name: string, path: string): Column => ({
  name,
  of: (object: Json) => words(textAt(object, path).replace(/^.*_UNSPECIFIED$/, '')) || '–',
})

/** A time of the API's JSON, if there is one. */
export function Time({ at: value }: { at: JsonValue | undefined }) {
  const moment = textAt(value, '')
  return moment === '' ? <>–</> : <Moment at={moment} />
}
