import type { ServerResponse } from 'node:http';
import type { Fault } from './fault.ts';
import type { Reply } from './replies.ts';

export type Answering = {
  readonly response: ServerResponse;
  /** Headers that every authenticated answer carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called once, just before the first byte. */
  readonly onStatus: (status: number) => void;
};

const JSON_TYPE = 'application/json;charset=utf-8';
const CHUNK = Buffer.alloc(64 * 1024, 'x');

function serialise(body: unknown): string {
  return typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
}

export function send(answering: Answering, reply: Reply, contentType = JSON_TYPE): void {
  const payload = Buffer.from(serialise(reply.body));
  answering.onStatus(reply.status);
  answering.response.writeHead(reply.status, {
    ...(reply.status === 204 ? {} : { 'Content-Type': contentType, 'Content-Length': payload.length }),
    ...answering.headers,
    ...reply.headers,
  });
  answering.response.end(payload);
}

function reset({ response }: Answering): void {
  response.socket?.resetAndDestroy();
}

function sendTruncated(answering: Answering, reply: Reply): void {
  const { response, headers } = answering;
  const payload = Buffer.from(serialise(reply.body));
  answering.onStatus(reply.status);
  response.writeHead(reply.status, { 'Content-Type': JSON_TYPE, 'Content-Length': payload.length, ...headers });
  response.write(payload.subarray(0, Math.floor(payload.length / 2)), () => response.socket?.destroy());
}

/** Stops early if the client has read enough. */
async function sendHuge(answering: Answering, bytes: number): Promise<void> {
  const { response } = answering;
  const [head, tail] = ['{"results":[],"padding":"', '"}'];
  answering.onStatus(200);
  response.writeHead(200, { 'Content-Type': JSON_TYPE, ...answering.headers });
  response.write(head);
  let left = Math.max(0, bytes - head.length - tail.length);
  while (left > 0 && !response.destroyed) {
    const chunk = CHUNK.subarray(0, Math.min(left, CHUNK.length));
    left -= chunk.length;
    await new Promise<void>((resolve) => {
      response.once('close', resolve);
      response.write(chunk, () => {
        response.off('close', resolve);
        resolve();
      });
    });
  }
  response.end(tail);
}

/**
 * Answers a call, with its scripted fault. `effect` does the work of the call and runs at most once; faults that represent a
 * failure before HubSpot acted do not run it.
 */
export async function answer(
  answering: Answering,
  fault: Fault | undefined,
  effect: () => Reply,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  if (fault === undefined) return send(answering, effect());
  switch (fault.kind) {
    case 'status':
      return send(
        answering,
        { status: fault.status, body: fault.body, headers: fault.headers ?? {} },
        fault.contentType ?? (typeof fault.body === 'string' ? 'text/html;charset=utf-8' : JSON_TYPE),
      );
    case 'json':
      return send(answering, { status: 200, body: fault.body });
    case 'redirect':
      return send(answering, { status: fault.status ?? 307, body: '', headers: { Location: fault.location } });
    case 'hang':
      return;
    case 'reset':
      return reset(answering);
    case 'resetAfterEffect':
      effect();
      return reset(answering);
    case 'truncate':
      return sendTruncated(answering, effect());
    case 'delay':
      await sleep(fault.ms);
      return send(answering, effect());
    case 'huge':
      return sendHuge(answering, fault.bytes);
  }
}
