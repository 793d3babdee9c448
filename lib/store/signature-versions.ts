import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { orOnStoreOutage } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { SignatureVersions } from '../ports/store.ts';
import type { Log, Now } from '../ports/telemetry.ts';
import { type ItemKey, sendToTable, type Table } from './table.ts';

/** A container that serves more portals than this writes some of their rows again. */
export const MAX_NOTED = 10_000;

/** Which portals sent v3, in DynamoDB: a row each, without an end. A container writes it once. */
export function createSignatureVersions(
  { client, tableName: TableName }: Table,
  { now, log }: { readonly now: Now; readonly log: Log },
): SignatureVersions {
  const noted = new LruMap<PortalId, true>(MAX_NOTED);
  return {
    async noteV3(portalId) {
      if (noted.get(portalId)) return;
      const command = new UpdateItemCommand({
        TableName,
        Key: signatureKey(portalId),
        UpdateExpression: 'SET v3SinceEpochMs = if_not_exists(v3SinceEpochMs, :now)',
        ExpressionAttributeValues: { ':now': { N: String(now()) } },
      });
      const written = await orOnStoreOutage(
        () => sendToTable(client.send(command)),
        () => log.warn('that a portal signs with v3 could not be noted', { portalId }),
      );
      if (written !== undefined) noted.set(portalId, true);
    },

    async hasSentV3(portalId) {
      const command = new GetItemCommand({ TableName, Key: signatureKey(portalId), ConsistentRead: true });
      return (await sendToTable(client.send(command))).Item !== undefined;
    },
  };
}

function signatureKey(portalId: PortalId): ItemKey {
  return { pk: { S: `portal#${portalId}#signature` }, sk: { S: 'signature' } };
}
