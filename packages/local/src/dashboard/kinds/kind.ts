import type { Child } from 'hono/jsx'
import type { Json, JsonValue } from '../dashboard-api.js'

/** The ids in the path of a page, by the `param` of their kinds, and `environment`. */
export type Ids = Readonly<Record<string, string>>

/** A method of the API, and its message for a page. */
export interface Call {
  readonly method: string
  message(ids: Ids): Json
}

export interface Option {
  readonly value: string
  readonly label: string
}

/** What a field offers, from a list of the API. */
export interface Choices extends Call {
  /** The member of the answer that has them. */
  readonly items: string
  /** How the list is paged, where all of it is offered. */
  readonly paged?: 'token' | 'number'
  option(item: Json): Option
}

export type FieldType =
  | 'text'
  | 'email'
  | 'url'
  | 'number'
  /** Never shown again; empty keeps the one that exists. */
  | 'secret'
  | 'area'
  | 'checkbox'
  | 'select'
  /** Several of the options. */
  | 'checks'
  /** One entry per line. */
  | 'lines'
  /** A map, one `name: value` per line. */
  | 'pairs'

export interface Field {
  /** Where it is in the message, by the names of the API: `organization.display_name`. */
  readonly path: string
  readonly label: string
  readonly type: FieldType
  readonly required?: boolean
  readonly help?: string
  readonly options?: readonly Option[]
  readonly choices?: Choices
  /** The texts of an empty form. */
  readonly initial?: readonly string[]
  /** The API ignores an empty value of this field in an update: the form refuses it. */
  readonly cannotBeEmptied?: boolean
  /** Its value in the object; without it, the value at `path`, whose first name is that of the object in the message. */
  of?(object: Json, ids: Ids): JsonValue | undefined
  /** Its value in the message, where that has another form. */
  to?(value: JsonValue): JsonValue
}

/** Something that can be done: it has a page with a form. */
export interface Operation {
  /** Its segment in the path. */
  readonly name: string
  /** The button: what it does. */
  readonly label: string
  readonly lead?: string
  readonly method: string
  /** The message without the fields of the form. */
  message(ids: Ids, object: Json): Json
  fields(object: Json): readonly Field[]
  /** Whether it can be done to this object; of what makes new ones, whether it could have made it. */
  applies?(object: Json, ids: Ids): boolean
  /** What the form shows, where it is not the object. `object` is the member of the answer. */
  readonly reads?: Call & { readonly object: string }
  /** Sends only the fields that were changed, which the mask names where the method has one. */
  readonly changes?: { readonly mask?: string; readonly root: string }
  /** It takes something away. */
  readonly danger?: boolean
  /** Values of the answer that are shown once. */
  readonly reveals?: readonly { readonly label: string; readonly path: string; readonly link?: boolean }[]
}

export interface Column {
  readonly name: string
  of(object: Json, ids: Ids): Child
}

/** A kind of object: its pages, forms and calls follow from this. */
export interface Kind {
  /** Its segment in the path. */
  readonly slug: string
  /** The name of its id in paths. */
  readonly param: string
  readonly one: string
  readonly many: string
  readonly lead: string
  readonly parent?: Kind
  idOf(object: Json): string
  titleOf(object: Json): string
  /** What the title of an object is, as the head of its column. Default: Name. */
  readonly title?: string
  readonly list: Call & {
    readonly items: string
    /** How the list is paged; without it, every answer has all. */
    readonly paged?: 'token' | 'number'
    shows?(object: Json): boolean
  }
  /** Without it, an object is found in its list. `object` is the member of the answer. */
  readonly get?: Call & {
    readonly object: string
    /** Whether it belongs to its parent, where the method does not ask. */
    belongs?(object: Json, ids: Ids): boolean
  }
  readonly columns: readonly Column[]
  /** More facts for the page of an object. */
  readonly facts?: readonly Column[]
  /** What makes new ones. The first that could have made an object is the one that its code shows. */
  readonly creates: readonly Operation[]
  readonly operations: readonly Operation[]
}

/** Where the ids of a page end. */
export const listPath = (kind: Kind, ids: Ids): string =>
  `${kind.parent === undefined ? `/dashboard/${ids.environment}` : objectPath(kind.parent, ids)}/${kind.slug}`

export const objectPath = (kind: Kind, ids: Ids): string =>
  `${listPath(kind, ids)}/${encodeURIComponent(ids[kind.param] ?? '')}`

/** The pattern of a list's path. Pages of operations of a list are under `-`, which is no id. */
export const listPattern = (kind: Kind): string =>
  kind.parent === undefined
    ? `/dashboard/:environment/${kind.slug}`
    : `${listPattern(kind.parent)}/:${kind.parent.param}/${kind.slug}`
