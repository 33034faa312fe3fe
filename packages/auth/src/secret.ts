/** `inspect.custom` of Node, which other runtimes know by the same name. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** A string that cannot reach a log or a JSON document by accident. Only `reveal()` gives it back. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toJSON(): string {
    return '[redacted]'
  }

  toString(): string {
    return '[redacted]'
  }

  [INSPECT](): string {
    return '[redacted]'
  }
}
