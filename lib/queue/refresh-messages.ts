import * as z from 'zod/mini';
import { parsePortalId } from '../domain/ids.ts';
import type { RefreshOrder } from '../domain/refresh.ts';

/** A message names its form, so that one sent before a deployment is understood after it. */
const VERSION = 1;

const messageBody = z.object({
  version: z.literal(VERSION),
  portalId: z.string(),
  runId: z.string().check(z.regex(/^[\w-]{1,64}$/)),
  requestedAtEpochMs: z.number().check(z.gt(0)),
  force: z.boolean(),
  continuations: z.number().check(z.gte(0)),
});

export function toRefreshMessage(order: RefreshOrder): string {
  return JSON.stringify({ version: VERSION, ...order });
}

/** @throws when the body is no order that this version understands; the message then ends in the dead-letter queue */
export function fromRefreshMessage(body: string): RefreshOrder {
  const { version: _version, portalId, ...order } = messageBody.parse(JSON.parse(body));
  const id = parsePortalId(portalId);
  if (id === undefined) throw new Error('the message names no portal');
  return { ...order, portalId: id };
}
