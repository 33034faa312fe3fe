import { withoutInvisible } from '../../observe/invisible.js'

/**
 * Third-party text as a person sees and types it: composed (Unicode NFC), without invisible characters, on one line, with single
 * spaces.
 */
export function displayText(text: string): string {
  return withoutInvisible(text.normalize('NFC')).replace(/\s+/gu, ' ').trim()
}
