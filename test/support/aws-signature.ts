import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
/** Of a call with a body, what it is and, where a header tells, what it asks for; of a GET, whom it asks and when. */
function mustBeSigned(method: string, headers: IncomingHttpHeaders): readonly string[] {
  if (method === 'GET') return ['host', 'x-amz-date'];
  return ['content-type', 'host', 'x-amz-date', ...('x-amz-target' in headers ? ['x-amz-target'] : [])];
}

/** Signature Version 4 (Create a signed AWS API request, read 2026-11-23), from what arrived and the shared secret alone. */
export function isSigned({ method, path, headers, body }: Received, secretAccessKey: string): boolean {
  const [resource = '', query = ''] = path.split('?');
  const form = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, credential = '', signedHeaders = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  const [, ...scope] = credential.split('/');
  const names = signedHeaders.split(';');
  if (!mustBeSigned(method, headers).every((name) => names.includes(name))) return false;
  const canonicalHeaders = names
    .map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`)
    .join('');
  const canonicalQuery = query.split('&').sort().join('&');
  const canonical = [method, resource, canonicalQuery, canonicalHeaders, signedHeaders, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex') === signature;
}
