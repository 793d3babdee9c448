import { type ObjectTypeId, parseObjectType } from '../../domain/ids.ts';
import { asJsonObject } from '../../domain/json-object.ts';
import type { CustomObjectTypes } from '../../ports/hubspot.ts';
import type { Metrics } from '../../ports/telemetry.ts';
import type { SendForPortal } from '../client.ts';
import { parseReply, unknownShape } from '../read-reply.ts';
import { LARGE } from '../transport.ts';
import { CUSTOM_OBJECT_SCHEMAS_PATH } from '../versions.ts';

const API = 'the custom object schemas API';

/** The custom objects of an account (custom object schemas reference, read 2026-11-27). HubSpot returns them on one page. */
export function createCustomObjectTypes(send: SendForPortal, apiBaseUrl: string, metrics: Metrics): CustomObjectTypes {
  return {
    async listTypes(portalId, deadline) {
      const url = `${apiBaseUrl}${CUSTOM_OBJECT_SCHEMAS_PATH}`;
      const request = { method: 'GET', url, headers: { Accept: 'application/json' }, ...LARGE };
      const reply = await send(portalId, request, deadline, { scopeIsOptional: true });
      // No list, which does not mean that there are no custom objects.
      if (reply.status === 404) return [undefined];
      const types = parseReply(reply, read, API);
      const odd = types.filter((type) => type === undefined).length;
      if (odd > 0) metrics.count('HubSpotRowsSkipped', { list: 'customObjects' }, odd);
      if (odd > 0 && odd === types.length) throw unknownShape(API);
      return types;
    },
  };
}

function read(document: unknown): readonly (ObjectTypeId | undefined)[] | undefined {
  const { results } = asJsonObject(document);
  if (!Array.isArray(results)) return undefined;
  return results.map((row) => parseObjectType(asJsonObject(row).objectTypeId));
}
