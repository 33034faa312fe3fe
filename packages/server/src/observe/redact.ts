/**
 * Code points that a person does not see and a model does: controls but for tab and line feed, formats (zero
 * width, direction, tags), lone surrogates. Names and texts of Scalekit's objects are third-party data.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Whatever looks like a credential: a JWT, a bearer value, a client secret. */
const credential =
  /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*|\b[Bb]earer\s+[\w.~+/-]{8,}=*|\b(?:test|live|sks?)_[A-Za-z0-9]{24,}\b/g

/** Removes what is invisible or looks like a credential from every string of a JSON value; keys stay as they are. */
export function redact<Value>(value: Value): Value {
  return clean(value) as Value
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map(clean)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each)]))
  }
  return value
}

function cleanText(text: string): string {
  return text
    .replace(invisible, (character) => (character === '\n' || character === '\t' ? character : ''))
    .replace(credential, '[redacted]')
}
