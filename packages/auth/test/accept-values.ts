/** What a client accepts of the two types of an answer. */
export type Wanted = 'both' | 'json' | 'stream'

/** `Accept` headers (RFC 9110 section 12.5.1), one item for each field line, with what they accept. */
export const accepting: readonly { readonly accept: readonly string[]; readonly wanted: Wanted }[] = [
  ...each('both', [
    [],
    ['*/*'],
    [''],
    [' , '],
    ['text/event-stream, application/json'],
    ['application/json', 'text/event-stream'],
    ['text/*, application/*'],
    ['APPLICATION/JSON, Text/Event-Stream'],
    ['application/json;q=0.1, text/event-stream;q=1'],
    ['text/html, image/gif, *; q=.2, */*; q=.2'],
    ['application/json; charset=utf-8, text/event-stream; charset="UTF-8"'],
    ['text/event-stream;q=0, text/event-stream, application/json'],
  ]),
  ...each('json', [
    ['application/json'],
    ['APPLICATION/JSON'],
    ['Application/*'],
    ['application/json;q=0.001'],
    ['application/json ; charset=utf-8'],
    ['text/html', 'application/json'],
    ['*/*;q=1, text/event-stream;q=0'],
    ['text/event-stream;q=0, */*'],
    ['text/*;q=0, */*;q=0.5'],
    ['application/json, text/event-stream;Q=0.0'],
  ]),
  ...each('stream', [
    ['text/event-stream'],
    ['Text/Event-Stream'],
    ['text/*'],
    ['*/*;q=1, application/json;q=0'],
    ['application/json;q=0, */*'],
    ['application/*;q=0, */*'],
    ['text/*;q=0, text/event-stream;q=0.5'],
  ]),
]

function each(wanted: Wanted, headers: readonly (readonly string[])[]) {
  return headers.map((accept) => ({ accept, wanted }))
}
