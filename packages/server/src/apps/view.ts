/** How a value is shown. Whatever it is, it is shown as text. */
export type FieldKind = 'text' | 'time' | 'list' | 'flag'

export interface Field {
  /** Members on the way to the value, like `oidc.redirectUri`. */
  readonly path: string
  readonly label: string
  readonly kind?: FieldKind
}

/** What one tool's result looks like to a person: a row for each of `items`, or a card of one object. */
export interface View {
  readonly tool: string
  readonly title: string
  readonly form: 'table' | 'card'
  /** The member of the result that is shown. */
  readonly member: string
  readonly fields: readonly Field[]
}
