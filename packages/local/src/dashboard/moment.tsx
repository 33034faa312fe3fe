/** A time, in milliseconds since the epoch or ISO 8601. A script of the dashboard makes it local and relative. */
export function Moment({ at }: { at: number | string }) {
  const iso = new Date(at).toISOString()
  return <time datetime={iso}>{`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`}</time>
}
