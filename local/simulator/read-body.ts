import type { IncomingMessage } from 'node:http';

/** HubSpot's edge would also stop reading at some size; this number is ours. */
const MAX_BODY_BYTES = 256 * 1024;

/** The whole body, or `tooLarge`; what exceeds the limit is read and dropped, so that the client can read the answer. */
export async function readBody(request: IncomingMessage): Promise<string | 'tooLarge'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? 'tooLarge' : Buffer.concat(chunks).toString('utf8');
}
