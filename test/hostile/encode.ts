import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

/** RFC 9110 section 8.4.1. A coding that Node does not have (`compress`, an invented one) leaves the body as it is. */
const codings: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
}

/** Applies the codings of a Content-Encoding value in its order: `gzip, gzip` compresses twice. */
export function encodeBody(body: Buffer, codingList: string): Buffer {
  return codingList
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .reduce((bytes, coding) => codings[coding]?.(bytes) ?? bytes, body)
}
