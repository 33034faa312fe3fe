const CHUNK_BYTES = 64 * 1024

/** A text that waits outside V8's heap. */
export class OffHeapText {
  readonly #chunk: Buffer
  readonly #start: number
  readonly #end: number

  constructor(chunk: Buffer, start: number, end: number) {
    this.#chunk = chunk
    this.#start = start
    this.#end = end
  }

  toString(): string {
    return this.#chunk.toString('latin1', this.#start, this.#end)
  }
}

/**
 * Keeps texts of ASCII that wait for a moment outside V8's heap: in it, every collection of the young copies them, and the
 * second moves them to the old. A chunk goes with the last of its texts.
 */
export class OffHeapTexts {
  #chunk: Buffer = Buffer.alloc(0)
  #used = 0

  keep(text: string): OffHeapText {
    if (this.#used + text.length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, text.length))
      this.#used = 0
    }
    const start = this.#used
    this.#used += this.#chunk.write(text, start, 'latin1')
    return new OffHeapText(this.#chunk, start, this.#used)
  }
}
