import Bowser from 'bowser'
import { z } from 'zod'

/** The device that a session began on. What cannot be read from the `User-Agent` header is empty. */
export const Device = z.object({
  user_agent: z.string(),
  os: z.string(),
  os_version: z.string(),
  browser: z.string(),
  browser_version: z.string(),
  device_type: z.string(),
  ip: z.string(),
})
export type Device = z.infer<typeof Device>

/** What is longer is no browser's. */
const MAX_LENGTH = 512

/** The kinds of devices that Scalekit's reference of interceptor triggers names. */
const DEVICE_TYPES: Readonly<Record<string, string>> = {
  desktop: 'Desktop',
  mobile: 'Mobile',
  tablet: 'Tablet',
}

/** Reads a device from a request: its `User-Agent` header, and the address that it came from. */
export function deviceOf(header: string | undefined, address: string | undefined): Device {
  const user_agent = (header ?? '').slice(0, MAX_LENGTH)
  // The parser refuses an empty text.
  const { browser, os, platform } = Bowser.parse(user_agent || 'unknown')
  return {
    user_agent,
    ...{ os: os.name ?? '', os_version: os.version ?? '' },
    ...{ browser: browser.name ?? '', browser_version: browser.version ?? '' },
    device_type: DEVICE_TYPES[platform.type ?? ''] ?? 'Unknown',
    ip: address ?? '',
  }
}
