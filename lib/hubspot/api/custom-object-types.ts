import { parseObjectType } from '../../domain/ids.ts';
import { asJsonObject } from '../../domain/json-object.ts';
import type { CustomObjectTypes } from '../../ports/hubspot.ts';
import type { SendForPortal } from '../client.ts';
import { parseReply } from '../sdk-requests.ts';
import { CUSTOM_OBJECT_SCHEMAS_PATH } from '../versions.ts';

/** The custom objects of an account (custom object schemas reference, read 2026-11-27). HubSpot does not page here. */
export function createCustomObjectTypes(send: SendForPortal, apiBaseUrl: string): CustomObjectTypes {
  return {
    async listTypes(portalId, deadlineEpochMs) {
      const url = `${apiBaseUrl}${CUSTOM_OBJECT_SCHEMAS_PATH}`;
      const request = { method: 'GET', url, headers: { Accept: 'application/json' }, mayTakeLong: true };
      const reply = await send(portalId, request, deadlineEpochMs, { scopeIsOptional: true });
      return parseReply(reply, read, 'the custom object schemas API');
    },
  };
}

function read(document: unknown) {
  const { results } = asJsonObject(document);
  if (!Array.isArray(results)) return undefined;
  return results.flatMap((row) => parseObjectType(asJsonObject(row).objectTypeId) ?? []);
}
