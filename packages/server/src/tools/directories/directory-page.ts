import * as z from 'zod'

/** The API gives at most 30 of a directory's entries at once. */
export const directoryPageSize = z
  .number()
  .int()
  .min(1)
  .max(30)
  .default(20)
  .describe('Items per page, at most 30.')
