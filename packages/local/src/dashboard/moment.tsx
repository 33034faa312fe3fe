/** A time to the second, without a script's help: where it is the time that counts. */
export function exactly(at: number | string): string {
  const iso = new Date(at).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** A time, in milliseconds since the epoch or ISO 8601. A script of the dashboard makes it local and relative. */
export function Moment({ at }: { at: number | string }) {
  return <time datetime={new Date(at).toISOString()}>{exactly(at)}</time>
}
