/** RFC 4648 section 3.5: the unused bits of the last character are zero, so that one value has one spelling. */
export function isCanonical(base64url: string): boolean {
  return Buffer.from(base64url, 'base64url').toString('base64url') === base64url
}
