import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import * as z from 'zod'

/** A time as results give it: ISO 8601 in UTC. */
export const time = z.string().optional()

export function toTime(timestamp: Timestamp | undefined): string | undefined {
  return timestamp && timestampDate(timestamp).toISOString()
}
