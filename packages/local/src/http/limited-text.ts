/** The text of an answer. Throws when it is longer than the limit, without reading on. */
export async function limitedText(response: Response, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let received = 0
  for await (const chunk of response.body ?? []) {
    received += chunk.length
    if (received > limitBytes) throw new Error('the answer is too large')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
