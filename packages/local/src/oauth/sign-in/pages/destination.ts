/** Where the browser is sent back to, in a form that shows whose place it is. */
export interface Destination {
  place: string
  words: string
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Describes a redirect URI by the part that decides who receives the answer. */
export function describeDestination(redirectUri: string): Destination {
  const { protocol, host, hostname } = new URL(redirectUri)
  if (LOOPBACK.includes(hostname)) return { place: host, words: 'a program on this machine' }
  if (protocol === 'https:') return { place: host, words: 'a site on the internet' }
  return { place: protocol, words: 'the app that opens these links' }
}
