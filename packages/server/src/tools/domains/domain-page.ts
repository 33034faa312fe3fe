import { ToolError } from '../../errors.js'

interface NumberedPage {
  readonly pageSize: number
  readonly pageNumber: number
}

/**
 * Reads a token of a list that the API numbers by pages. The size is part of it: with another size the same
 * number is another place.
 *
 * @throws ToolError `invalid_arguments` for a token of another list
 */
export function readDomainPage(pageSize: number, pageToken: string | undefined): NumberedPage {
  if (pageToken === undefined) return { pageSize, pageNumber: 1 }
  const [, pageNumber, size] = /^([1-9][0-9]{0,5})\.([1-9][0-9]?|100)$/.exec(pageToken) ?? []
  if (pageNumber === undefined || size === undefined) {
    throw new ToolError('invalid_arguments', 'pageToken: not from this list.', {
      nextStep: 'Begin again without pageToken.',
    })
  }
  return { pageSize: Number(size), pageNumber: Number(pageNumber) }
}

/**
 * The token of the page after one with this many items; a page that is not full is the last.
 *
 * @param page as the API says that it gave it, which can be smaller than what was asked for
 */
export function nextDomainPage(page: NumberedPage, items: number): string | undefined {
  const { pageSize, pageNumber } = page
  return items < pageSize ? undefined : `${pageNumber + 1}.${pageSize}`
}
