// Writes ASN.1 in its distinguished encoding (ITU-T X.690): as much as a certificate needs. It reads nothing.

/** A tag, the length of what it holds, and that. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body])
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
export const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts)
export const octets = (content: Uint8Array) => der(0x04, content)
/** Whole bytes, with how many bits of the last one do not count. */
export const bits = (content: Uint8Array, unused = 0) => der(0x03, Buffer.from([unused]), content)
export const text = (value: string) => der(0x0c, Buffer.from(value))
export const critical = () => der(0x01, Buffer.from([0xff]))

/** A number that is not negative, from its bytes: a first bit that is set would be its sign (section 8.3). */
export function integer(bytes: Uint8Array): Buffer {
  return der(0x02, ...((bytes[0] ?? 0) > 0x7f ? [Buffer.from([0]), bytes] : [bytes]))
}

/** GeneralizedTime, in UTC and whole seconds. */
export function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().replace(/\.\d+Z$|[-:T]/g, '')}Z`))
}

/** An object identifier: the first two arcs in one byte, the others in base 128 (section 8.19). */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...arcs.flatMap(base128)]))
}

function base128(arc: number): number[] {
  const digits = [arc & 0x7f]
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}
