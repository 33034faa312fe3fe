import { ToolError } from '../errors.js'

/**
 * A page of a list that the API gives whole. The token names the last item that was given.
 *
 * @throws ToolError `invalid_arguments` for a token of another list
 */
export function pageOf<Item extends { id: string }>(
  items: readonly Item[],
  pageSize: number,
  pageToken: string | undefined,
): { items: Item[]; nextPageToken: string | undefined } {
  const last = pageToken === undefined ? undefined : Buffer.from(pageToken, 'base64url').toString()
  const start = last === undefined ? 0 : items.findIndex(({ id }) => id === last) + 1
  if (last !== undefined && start === 0) {
    throw new ToolError('invalid_arguments', 'pageToken: not from this list, or its item is gone.', {
      nextStep: 'Begin again without pageToken.',
    })
  }
  const page = items.slice(start, start + pageSize)
  const end = page.at(-1)
  const more = end !== undefined && start + pageSize < items.length
  return { items: page, nextPageToken: more ? Buffer.from(end.id).toString('base64url') : undefined }
}
