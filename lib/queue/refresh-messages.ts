import * as z from 'zod/mini';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import type { RefreshOrder } from '../domain/refresh.ts';

/** A message names its form, so that one sent before a deployment is understood after it. */
const VERSION = 1;

const purgeBody = z.object({ version: z.literal(VERSION), kind: z.literal('purge'), portalId: z.string() });
const refreshBody = z.object({
  version: z.literal(VERSION),
  kind: z.optional(z.literal('refresh')),
  portalId: z.string(),
  runId: z.string().check(z.regex(/^[\w-]{1,64}$/)),
  requestedAtEpochMs: z.number().check(z.gt(0)),
  force: z.boolean(),
  continuations: z.number().check(z.gte(0)),
});

const messageBody = z.union([purgeBody, refreshBody]);

export type RefreshMessage =
  | { readonly kind: 'refresh'; readonly order: RefreshOrder }
  | { readonly kind: 'purge'; readonly portalId: PortalId };

export function toRefreshMessage(order: RefreshOrder): string {
  return JSON.stringify({ version: VERSION, ...order });
}

export function toPurgeMessage(portalId: PortalId): string {
  return JSON.stringify({ version: VERSION, kind: 'purge', portalId });
}

/** @throws when the body is nothing that this version understands; the message then ends in the dead-letter queue */
export function fromRefreshMessage(body: string): RefreshMessage {
  const parsed = messageBody.parse(JSON.parse(body));
  const portalId = parsePortalId(parsed.portalId);
  if (portalId === undefined) throw new Error('the message names no portal');
  if (parsed.kind === 'purge') return { kind: 'purge', portalId };
  const { version: _version, kind: _kind, ...order } = parsed;
  return { kind: 'refresh', order: { ...order, portalId } };
}
