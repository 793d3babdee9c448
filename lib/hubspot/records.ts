import {
  BasicApiRequestFactory,
  BasicApiResponseProcessor,
} from '@hubspot/api-client/lib/codegen/crm/objects/apis/BasicApi.js';
import * as z from 'zod/mini';
import { UpstreamContractError } from '../domain/errors.ts';
import type { CrmRecords, Log, Metrics, RecordRefusal } from '../domain/ports.ts';
import { readErrorBody } from './error-body.ts';
import type { SendForPortal } from './portal-client.ts';
import { createSdkConfiguration, readWithSdk, toHubSpotRequest, toSdkResponse } from './sdk-requests.ts';
import type { HubSpotReply } from './transport.ts';

const simplePublicObject = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.optional(z.nullable(z.string()))),
});

/** Statuses that say our request is wrong in itself, which is our mistake and worth an alarm. */
const OUR_MISTAKE = new Set([405, 413, 414, 415]);

/**
 * HubSpot's object API, one record at a time (object APIs guide, read 2026-11-23). The single update is used because it
 * still accepts the old id of a merged record, which the batch update does not.
 */
export function createCrmRecords(
  send: SendForPortal,
  apiBaseUrl: string,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): CrmRecords {
  const requests = new BasicApiRequestFactory(createSdkConfiguration(apiBaseUrl));
  const replies = new BasicApiResponseProcessor();

  return {
    async writeOwner(portalId, { objectType, objectId }, property, value, deadlineEpochMs) {
      const input = { properties: { [property]: value } };
      const request = await requests.update(objectType, objectId, input);
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
      if (reply.status >= 400) return refuse(reply);
      const record = await parse(reply, () => replies.updateWithHttpInfo(toSdkResponse(reply)));
      const stored = record.properties[property];
      if (typeof stored === 'string' && stored !== value) {
        throw new UpstreamContractError('HubSpot answered a write with another value than the one sent');
      }
      return { kind: 'written' };
    },

    async readOwner(portalId, { objectType, objectId }, property, deadlineEpochMs) {
      const request = await requests.getById(objectType, objectId, [property]);
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
      if (reply.status >= 400) return refuse(reply);
      const record = await parse(reply, () => replies.getByIdWithHttpInfo(toSdkResponse(reply)));
      return { kind: 'read', value: record.properties[property] ?? '' };
    },
  };

  function refuse(reply: HubSpotReply): RecordRefusal {
    if (OUR_MISTAKE.has(reply.status)) {
      metrics.count('HubSpotContractBroken');
      log.error('HubSpot finds our request malformed', { status: reply.status });
    }
    return toRefusal(reply);
  }
}

/** Tells apart why HubSpot refused, from its status and from every shape of its error body that is documented. */
export function toRefusal(reply: HubSpotReply): RecordRefusal {
  const { codes, correlationId, unknownObjectType } = readErrorBody(reply.body);
  return {
    kind: 'refused',
    code: refusalCode(reply.status, codes, unknownObjectType),
    ...(correlationId !== undefined && { hubspotCorrelationId: correlationId }),
  };
}

function refusalCode(status: number, codes: readonly string[], unknownObjectType: boolean): RecordRefusal['code'] {
  if (status === 404) return 'RECORD_NOT_FOUND';
  if (unknownObjectType) return 'RECORD_TYPE_UNSUPPORTED';
  if (codes.includes('PROPERTY_DOESNT_EXIST')) return 'PROPERTY_NOT_FOUND';
  // An owner id that does not fit HubSpot's integer is refused by another name, but it is the same mistake.
  if (codes.includes('INVALID_OWNER_ID') || codes.includes('INVALID_INTEGER')) return 'INVALID_OWNER_ID';
  return 'RECORD_VALIDATION_FAILED';
}

async function parse(
  reply: HubSpotReply,
  read: () => Promise<{ data: unknown }>,
): Promise<z.output<typeof simplePublicObject>> {
  if (reply.status !== 200) throw new UpstreamContractError(`the object API answered with status ${reply.status}`);
  const body = await readWithSdk(reply, simplePublicObject, read);
  if (body === undefined) throw new UpstreamContractError('the object API answered in an unknown shape');
  return body;
}
