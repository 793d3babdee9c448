import { UpstreamContractError } from '../../domain/errors.ts';
import type { RecordRef } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { RecordRefusal } from '../../domain/outcome.ts';
import type { CrmRecords } from '../../ports/hubspot.ts';
import type { Log, Metrics } from '../../ports/telemetry.ts';
import type { SendForPortal } from '../client.ts';
import { readErrorBody } from '../error-body.ts';
import type { HubSpotReply } from '../transport.ts';
import { OBJECTS_PATH } from '../versions.ts';
import { type ObjectRow, ownerProperties, parseRow, toOwnerReading } from './owner-readings.ts';

/** The property is gone, or cannot be set by anybody. */
const NOT_WRITABLE = /^(?:PROPERTY_DOESNT_EXIST|READ_ONLY)/;

/** Statuses that say our request is wrong in itself, which is our mistake and worth an alarm. */
const OUR_MISTAKE = new Set([405, 413, 414, 415]);
/** Statuses that say a value is not valid. Another one without a code that we know says nothing about the record. */
const INVALID = new Set([400, 422]);

/**
 * HubSpot's object API, one record at a time (object APIs guide, read 2026-11-23). The single update is used because it
 * still accepts the old id of a merged record, which the batch update does not.
 *
 * Plain requests: the SDK's class for these two loads some forty models with it, which every cold start of the action would
 * pay for (docs/decisions/003-cold-start.md).
 */
export function createCrmRecords(
  send: SendForPortal,
  apiBaseUrl: string,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): CrmRecords {
  return {
    async writeOwner(portalId, record, property, value, deadlineEpochMs) {
      const body = JSON.stringify({ properties: { [property]: value } });
      const reply = await call(portalId, 'PATCH', urlOf(record), deadlineEpochMs, body);
      if (reply.status >= 400) return refuse(reply);
      const row = parse(reply, property);
      const { held: stored } = row;
      // An answer need not name the property, but one that does says what the record holds now.
      if (stored !== undefined && stored !== value) {
        throw new UpstreamContractError('HubSpot answered a write with another value than the one sent');
      }
      return { kind: 'written', ...survivorOf(row, record) };
    },

    async readOwner(portalId, record, property, deadlineEpochMs, withHistory = false) {
      const names = withHistory ? ownerProperties(property) : [property];
      const history = withHistory ? `&propertiesWithHistory=${encodeURIComponent(property)}` : '';
      const url = `${urlOf(record)}?properties=${encodeURIComponent(names.join(','))}${history}`;
      const reply = await call(portalId, 'GET', url, deadlineEpochMs);
      if (reply.status >= 400) return refuse(reply);
      const row = parse(reply, property);
      return { kind: 'read', ...toOwnerReading(row, property, withHistory), ...survivorOf(row, record) };
    },
  };

  function urlOf({ objectType, objectId }: RecordRef): string {
    return `${apiBaseUrl}${OBJECTS_PATH}/${encodeURIComponent(objectType)}/${encodeURIComponent(objectId)}`;
  }

  function call(
    portalId: PortalId,
    method: 'GET' | 'PATCH',
    url: string,
    deadlineEpochMs: number,
    body?: string,
  ): Promise<HubSpotReply> {
    const headers = {
      Accept: 'application/json',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    return send(portalId, { method, url, headers, ...(body !== undefined && { body }) }, deadlineEpochMs);
  }

  function refuse(reply: HubSpotReply): RecordRefusal {
    const { status } = reply;
    const refusal = toRefusal(reply);
    if (OUR_MISTAKE.has(status)) {
      metrics.count('HubSpotContractBroken');
      log.error('HubSpot rejects our request as malformed', { status });
    } else if (refusal.code === 'RECORD_VALIDATION_FAILED' && !INVALID.has(status)) {
      throw new UpstreamContractError(`the object API refused with status ${status}`);
    }
    return refusal;
  }
}

/** Finds out why HubSpot refused, from its status and from every shape of its error body that is documented. */
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
  // An owner id that does not fit HubSpot's integer is refused by another name, but it is the same mistake.
  if (codes.includes('INVALID_OWNER_ID') || codes.includes('INVALID_INTEGER')) return 'INVALID_OWNER_ID';
  return 'RECORD_VALIDATION_FAILED';
}

function survivorOf({ id }: ObjectRow, { objectId }: RecordRef) {
  return id !== objectId && { survivorId: id };
}

function parse(reply: HubSpotReply, property: string) {
  if (reply.status !== 200) throw new UpstreamContractError(`the object API answered with status ${reply.status}`);
  const row = parseRow(reply.document, property);
  if (row === undefined) throw new UpstreamContractError('the object API answered in an unknown shape');
  return row;
}
