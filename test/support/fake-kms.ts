import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSigned } from './aws-signature.ts';

type KmsCall = {
  readonly operation: string;
  readonly input: {
    readonly KeyId?: string;
    readonly Plaintext?: string;
    readonly CiphertextBlob?: string;
    readonly EncryptionContext?: Readonly<Record<string, string>>;
  };
  readonly signed: boolean;
};

type KmsFault = { readonly status: number; readonly body: string } | 'reset';

export type FakeKms = {
  readonly url: string;
  readonly calls: readonly KmsCall[];
  /** Given to the coming calls, one each. */
  readonly faults: KmsFault[];
  /** As an operator can, who disables the key. */
  isDisabled: boolean;
  close(): Promise<void>;
};

export const KMS_KEY_ID = 'alias/set-owner-by-email-test';
/** What one Encrypt takes (KMS API reference, read 2026-11-23). */
const MAX_PLAINTEXT_BYTES = 4_096;

/** Encrypt and Decrypt of KMS: the ciphertext is bound to its encryption context, and names its key. */
export async function startFakeKms(secretAccessKey = 'local'): Promise<FakeKms> {
  const calls: KmsCall[] = [];
  const sealed = new Map<string, { readonly plaintext: string; readonly context: string }>();

  function answer({ operation, input }: KmsCall): { readonly status: number; readonly body: object } {
    if (kms.isDisabled) return refuse('DisabledException');
    const context = JSON.stringify(Object.entries(input.EncryptionContext ?? {}).sort());
    if (operation === 'Encrypt') {
      if (input.KeyId !== KMS_KEY_ID) return refuse('NotFoundException');
      const plaintext = input.Plaintext ?? '';
      if (Buffer.from(plaintext, 'base64').length > MAX_PLAINTEXT_BYTES) return refuse('ValidationException');
      const blob = Buffer.from(`sealed-by-kms-${sealed.size}`.padEnd(180, '.')).toString('base64');
      sealed.set(blob, { plaintext, context });
      return { status: 200, body: { CiphertextBlob: blob, KeyId: KMS_KEY_ID } };
    }
    const found = sealed.get(input.CiphertextBlob ?? '');
    if (found?.context !== context) return refuse('InvalidCiphertextException');
    return { status: 200, body: { Plaintext: found.plaintext, KeyId: KMS_KEY_ID } };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    const signed = isSigned({ method, path, headers, body }, secretAccessKey);
    const [service, operation = ''] = String(headers['x-amz-target']).split('.');
    const call: KmsCall = { operation, input: JSON.parse(body), signed: signed && service === 'TrentService' };
    calls.push(call);
    const fault = kms.faults.shift();
    if (fault === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const reply = fault ?? answer(call);
    response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const kms: FakeKms = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    faults: [],
    isDisabled: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return kms;
}

function refuse(type: string): { readonly status: number; readonly body: object } {
  return { status: 400, body: { __type: type, message: 'secret-test-message' } };
}
