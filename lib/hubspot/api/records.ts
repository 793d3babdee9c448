import { UpstreamContractError } from '../../domain/errors.ts';
import type { RecordRefusal } from '../../domain/outcome.ts';
import type { RecordProperty } from '../../domain/owner-property.ts';
import type { CrmRecords } from '../../ports/hubspot.ts';
import type { Needs } from '../../ports/telemetry.ts';
import type { SendForPortal } from '../client.ts';
import { readErrorBody } from '../error-body.ts';
import { parseReply } from '../read-reply.ts';
import type { HubSpotReply } from '../transport.ts';
import { OBJECTS_PATH } from '../versions.ts';
import { type ObjectRow, ownerProperties, parseRow, toOwnerReading } from './owner-readings.ts';

/** The property is gone, or nobody can set it. */
const NOT_WRITABLE = /^(?:PROPERTY_DOESNT_EXIST|READ_ONLY)/;

/** With these statuses, our request is wrong, which is a bug and raises an alarm. */
const OUR_MISTAKE = new Set([405, 413, 414, 415]);
/** Statuses for an invalid value. Any other status without a known code says nothing about the record. */
const INVALID = new Set([400, 422]);

/**
 * HubSpot's object API, one record at a time (object APIs guide, read 2026-11-23). The single update is used because it still
 * accepts the old ID of a merged record, which the batch update does not.
 *
 * Plain requests: the SDK's class for these two loads about forty models, which would slow down every cold start of the action
 * (docs/decisions/003-cold-start.md).
 */
export function createCrmRecords(
  send: SendForPortal,
  apiBaseUrl: string,
  { log, metrics }: Needs<'metrics' | 'log'>,
): CrmRecords {
  return {
    async writeOwner(target, value, deadline, sendUntil = deadline) {
      const { portalId, property } = target;
      const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
      const body = JSON.stringify({ properties: { [property]: value } });
      const request = { method: 'PATCH', url: urlOf(target), headers, body };
      const reply = await send(portalId, request, deadline, { sendUntil });
      if (reply.status >= 400) return refuse(reply);
      const row = parse(reply, property);
      const { held: stored } = row;
      // An answer may lack the property. If it contains the property, that is the record's present value.
      if (stored !== undefined && stored !== value) {
        throw new UpstreamContractError('HubSpot answered a write with another value than the one sent');
      }
      return { kind: 'written', ...survivorOf(row, target) };
    },

    async readOwner(target, deadline, { withHistory = false } = {}) {
      const { portalId, property } = target;
      const names = withHistory ? ownerProperties(property) : [property];
      const history = withHistory ? `&propertiesWithHistory=${encodeURIComponent(property)}` : '';
      const url = `${urlOf(target)}?properties=${encodeURIComponent(names.join(','))}${history}`;
      const reply = await send(portalId, { method: 'GET', url, headers: { Accept: 'application/json' } }, deadline);
      if (reply.status >= 400) return refuse(reply);
      const row = parse(reply, property);
      return { kind: 'read', ...toOwnerReading(row, property, withHistory), ...survivorOf(row, target) };
    },
  };

  function urlOf({ objectType, objectId }: RecordProperty): string {
    return `${apiBaseUrl}${OBJECTS_PATH}/${encodeURIComponent(objectType)}/${encodeURIComponent(objectId)}`;
  }

  function refuse(reply: HubSpotReply): RecordRefusal {
    const { status } = reply;
    const refusal = toRefusal(reply);
    if (OUR_MISTAKE.has(status)) {
      metrics.count('HubSpotContractBroken');
      log.error('HubSpot rejects our request as malformed', { code: 'HUBSPOT_CONTRACT_BROKEN', status });
    } else if (refusal.code === 'RECORD_VALIDATION_FAILED' && !INVALID.has(status)) {
      throw new UpstreamContractError(`the object API refused with status ${status}`);
    }
    return refusal;
  }
}

/** Finds out why HubSpot refused, from its status and every documented form of its error body. */
export function toRefusal(reply: HubSpotReply): RecordRefusal {
  const { codes, correlationId, unknownObjectType } = readErrorBody(reply.document);
  return {
    kind: 'refused',
    code: refusalCode(reply.status, codes, unknownObjectType),
    ...(correlationId !== undefined && { hubspotCorrelationId: correlationId }),
  };
}

function refusalCode(status: number, codes: readonly string[], unknownObjectType: boolean): RecordRefusal['code'] {
  if (unknownObjectType) return 'RECORD_TYPE_UNSUPPORTED';
  if (status === 404 || status === 410) return 'RECORD_NOT_FOUND';
  if (codes.some((code) => NOT_WRITABLE.test(code))) return 'PROPERTY_NOT_FOUND';
  // HubSpot has another code for an owner ID that is not a 32-bit integer. It is the same mistake.
  if (codes.includes('INVALID_OWNER_ID') || codes.includes('INVALID_INTEGER')) return 'INVALID_OWNER_ID';
  return 'RECORD_VALIDATION_FAILED';
}

function survivorOf({ id }: ObjectRow, { objectId }: RecordProperty) {
  return id !== objectId && { survivorId: id };
}

function parse(reply: HubSpotReply, property: string): ObjectRow {
  return parseReply(reply, (document) => parseRow(document, property), 'the object API');
}
