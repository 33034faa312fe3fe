/** Whether a text is the URL of an MCP server, in a form that every client reads as this program does. */
export function isServerUrl(text: string): boolean {
  // The URL parser drops spaces at the ends and line breaks, adds missing slashes and turns backslashes.
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return false
  const { username, password, hash } = new URL(text)
  return username === '' && password === '' && hash === ''
}
