import { pageSizeBetween } from '../../input-fields.js'

/** The API gives at most 30 of a directory's entries at once. */
export const directoryPageSize = pageSizeBetween(1, 30).describe('Items per page, at most 30.')
