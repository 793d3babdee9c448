import { BatchApiRequestFactory } from '@hubspot/api-client/lib/codegen/crm/objects/apis/BatchApi.js';
import { UpstreamContractError, UpstreamUnavailableError } from '../../domain/errors.ts';
import { asJsonObject } from '../../domain/json-object.ts';
import type { RecordRefusal } from '../../domain/outcome.ts';
import type { RecordBatches } from '../../ports/hubspot.ts';
import type { Metrics } from '../../ports/telemetry.ts';
import { namedInErrors, saysDone } from '../batch-answer.ts';
import type { SendForPortal } from '../client.ts';
import { sdkRequests } from '../sdk-requests.ts';
import type { HubSpotReply } from '../transport.ts';
import { type ObjectRow, ownerProperties, parseRow, toOwnerReading } from './owner-readings.ts';
import { toRefusal } from './records.ts';

/** Refusals about the object type or the property, which are the same for all records of a batch. */
const SHARED = new Set<RecordRefusal['code']>(['RECORD_TYPE_UNSUPPORTED', 'PROPERTY_NOT_FOUND']);

/** HubSpot's object API, up to 100 records at a time. Every call is safe to repeat. */
export function createRecordBatches(send: SendForPortal, apiBaseUrl: string, metrics: Metrics): RecordBatches {
  // Loaded when a container starts, because every event of a queue function needs it.
  const toRequest = sdkRequests(apiBaseUrl, async () => BatchApiRequestFactory);

  return {
    async writeOwners({ portalId, objectType, property }, values, deadline, sendUntil = deadline) {
      const inputs = [...values].map(([id, value]) => ({ id, properties: { [property]: value } }));
      const request = await toRequest((sdk) => sdk.update(objectType, { inputs }));
      const reply = await send(portalId, request, deadline, { sendUntil });
      if (reply.status >= 400) return refusedWhole(reply);
      const { status, errors } = asJsonObject(reply.document);
      // The echoed records may not be written yet. A canceled batch will not write them.
      if (!saysDone(status) && status !== 'CANCELED') throw new UpstreamUnavailableError('batch_unfinished');
      const failed = namedInErrors(errors);
      const rows = parse(reply, property).filter(({ id, held = '' }) => values.get(id) === held && !failed.has(id));
      const written = new Set(saysDone(status) ? rows.map(({ id }) => id) : []);
      return { kind: 'answered', written };
    },

    async readOwners({ portalId, objectType, property }, ids, deadline, { withHistory = false } = {}) {
      const inputs = ids.map((id) => ({ id }));
      const propertiesWithHistory = withHistory ? [property] : [];
      const asked = { inputs, properties: ownerProperties(property), propertiesWithHistory };
      const reply = await send(portalId, await toRequest((sdk) => sdk.read(objectType, asked)), deadline);
      if (reply.status >= 400) return refusedWhole(reply);
      const rows = parse(reply, property);
      const owners = new Map(rows.map((row) => [row.id, toOwnerReading(row, property, withHistory)]));
      return { kind: 'answered', owners };
    },
  };

  function refusedWhole(reply: HubSpotReply) {
    const refusal = toRefusal(reply);
    return { kind: 'refused', ...(SHARED.has(refusal.code) && { shared: refusal }) } as const;
  }

  /**
   * The records that a batch's answer confirms. `errors` names records that failed, but its members may lack the IDs; the rest is
   * in `results`, in a 200 and a 207 (object APIs guide and OpenAPI 2026-09, read 2026-11-23). So only well-formed rows in
   * `results` count.
   */
  function parse(reply: HubSpotReply, property: string): ObjectRow[] {
    if (reply.status !== 200 && reply.status !== 207) {
      throw new UpstreamContractError(`the object API answered a batch with status ${reply.status}`);
    }
    const { results } = asJsonObject(reply.document);
    const rows = Array.isArray(results) ? results.flatMap((result) => parseRow(result, property) ?? []) : undefined;
    if (!Array.isArray(results) || rows === undefined || (rows.length === 0 && results.length > 0)) {
      throw new UpstreamContractError('the object API answered a batch in an unknown shape');
    }
    const skipped = results.length - rows.length;
    if (skipped > 0) metrics.count('HubSpotRowsSkipped', { list: 'records' }, skipped);
    // If two rows disagree, we cannot know which is right.
    const heldBy = Map.groupBy(rows, ({ id }) => id);
    return rows.filter(({ id, held }) => heldBy.get(id)?.every((row) => row.held === held) === true);
  }
}
