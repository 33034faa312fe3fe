/** A place in the chain: the number of a record, and the hash of it and of all before it. */
export interface Position {
  readonly seq: number
  readonly hash: string
}

export const START: Position = { seq: 0, hash: '' }
