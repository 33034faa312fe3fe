/** What a URL may have so that it means nothing to a shell: RFC 3986 without `! $ & ' ( ) * ;`. */
const plainUrl = /^[A-Za-z0-9:/._~%@+,=[\]-]+$/

/** Whether a developer may paste a URL into a shell or a `.env` file as it is. */
export function isPlainUrl(url: string): boolean {
  return plainUrl.test(url)
}

/**
 * JSON that is inert between single quotes and between double quotes' worst companions: what a shell or a `.env` reader could act
 * on inside a string is written as `\\uXXXX` (RFC 8259 section 7), so the value is the same and no quote ends.
 */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(/['`$!&;|<>()\u007f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
