import { posix, win32 } from 'node:path'
import type { Places } from './client.js'

/** Paths are made for the platform that is asked about. */
export function join({ platform }: Places, ...parts: string[]): string {
  return platform === 'win32' ? win32.join(...parts) : posix.join(...parts)
}

/** Under a person's home folder. */
export const inHome =
  (...parts: string[]) =>
  (places: Places): string =>
    join(places, places.home, ...parts)

/** Where applications keep a person's settings. */
export const inApplicationData =
  (...parts: string[]) =>
  (places: Places): string =>
    join(places, applicationData(places), ...parts)

/** Under `~/.config`, or where the XDG base directories are. */
export const inConfig =
  (...parts: string[]) =>
  (places: Places): string =>
    join(places, xdgConfig(places), ...parts)

function applicationData(places: Places): string {
  if (places.platform === 'win32') return places.appData ?? join(places, places.home, 'AppData', 'Roaming')
  if (places.platform === 'darwin') return join(places, places.home, 'Library', 'Application Support')
  return xdgConfig(places)
}

function xdgConfig(places: Places): string {
  return places.xdgConfig ?? join(places, places.home, '.config')
}
