/** A corpus uses a name that the grammar does not have: its case fails, and the run goes on. */
export class UnknownName extends Error {
  constructor(kind: string, name: string) {
    super(`unknown ${kind} ${name}`)
  }
}
