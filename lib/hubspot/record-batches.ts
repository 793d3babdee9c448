import { BatchApiRequestFactory } from '@hubspot/api-client/lib/codegen/crm/objects/apis/BatchApi.js';
import * as z from 'zod/mini';
import { UpstreamContractError } from '../domain/errors.ts';
import { type ObjectId, parseObjectId } from '../domain/ids.ts';
import type { RecordRefusal } from '../domain/ports.ts';
import type { RecordBatches } from '../domain/queued-execution.ts';
import type { SendForPortal } from './portal-client.ts';
import { toRefusal } from './records.ts';
import { createSdkConfiguration, toHubSpotRequest } from './sdk-requests.ts';
import type { HubSpotReply } from './transport.ts';

/**
 * A batch's answer, as far as it says what became of whom. Records that HubSpot could not serve are told in `errors`, whose
 * members may lack the ids; the rest is in `results`, in a 200 as well as a 207 (object APIs guide and OpenAPI 2026-09, read
 * 2026-11-23). So only what is in `results` is believed.
 */
const batchReply = z.object({
  results: z.array(z.object({ id: z.string(), properties: z.record(z.string(), z.optional(z.nullable(z.string()))) })),
});

/** Refusals that are about the object type or the property, which all records of a batch share. */
const SHARED = new Set<RecordRefusal['code']>(['RECORD_TYPE_UNSUPPORTED', 'PROPERTY_NOT_FOUND']);

/** HubSpot's object API, up to 100 records at a time. Every call is safe to repeat. */
export function createRecordBatches(send: SendForPortal, apiBaseUrl: string): RecordBatches {
  const requests = new BatchApiRequestFactory(createSdkConfiguration(apiBaseUrl));

  return {
    async writeOwners(portalId, objectType, property, values, deadlineEpochMs) {
      const inputs = [...values].map(([id, value]) => ({ id, properties: { [property]: value } }));
      const request = await requests.update(objectType, { inputs });
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
      if (reply.status >= 400) return refusedWhole(reply);
      const written = new Set<ObjectId>();
      for (const { id, properties } of parse(reply)) {
        const stored = properties[property] ?? '';
        if (values.get(id) === stored) written.add(id);
      }
      return { kind: 'answered', written };
    },

    async readOwners(portalId, objectType, property, ids, deadlineEpochMs) {
      const inputs = ids.map((id) => ({ id }));
      const request = await requests.read(objectType, { inputs, properties: [property], propertiesWithHistory: [] });
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
      if (reply.status >= 400) return refusedWhole(reply);
      return {
        kind: 'answered',
        values: new Map(parse(reply).map(({ id, properties }) => [id, properties[property] ?? ''])),
      };
    },
  };

  function refusedWhole(reply: HubSpotReply) {
    const refusal = toRefusal(reply);
    return { kind: 'refused', ...(SHARED.has(refusal.code) && { shared: refusal }) } as const;
  }
}

function parse(
  reply: HubSpotReply,
): { readonly id: ObjectId; readonly properties: Readonly<Record<string, string | null | undefined>> }[] {
  if (reply.status !== 200 && reply.status !== 207) {
    throw new UpstreamContractError(`the object API answered a batch with status ${reply.status}`);
  }
  const parsed = batchReply.safeParse(toJson(reply.body));
  if (!parsed.success) throw new UpstreamContractError('the object API answered a batch in an unknown shape');
  return parsed.data.results.flatMap(({ id, properties }) => {
    const objectId = parseObjectId(id);
    return objectId === undefined ? [] : [{ id: objectId, properties }];
  });
}

/** A 207 that is no JSON at all is of an unknown shape like any other. */
function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
