/** Some paths have what must not be shown: the id of a sign-in in progress, or of a link that signs in. */
export function hideInPath(path: string): string {
  return path.replace(/\/(interaction|oauth\/authorize|magicLink|connect)\/[^/?#\s]+/g, '/$1/…')
}
