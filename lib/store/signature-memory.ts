import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import type { Log, Now, SignatureMemory } from '../domain/ports.ts';
import { tolerateOutage } from '../domain/tolerate-outage.ts';
import { type ItemKey, reachTable, type Table } from './table.ts';

/** A container that serves more portals than this writes some of their rows again. */
export const MAX_NOTED = 10_000;

/** Which portals sent v3, in DynamoDB: a row each, without an end. A container writes it once. */
export function createSignatureMemory(
  { client, tableName: TableName }: Table,
  { now, log }: { readonly now: Now; readonly log: Log },
): SignatureMemory {
  const noted = new Set<PortalId>();
  return {
    async noteV3(portalId) {
      if (noted.has(portalId)) return;
      const command = new UpdateItemCommand({
        TableName,
        Key: signatureKey(portalId),
        UpdateExpression: 'SET v3SinceEpochMs = if_not_exists(v3SinceEpochMs, :now)',
        ExpressionAttributeValues: { ':now': { N: String(now()) } },
      });
      const written = await tolerateOutage(
        () => reachTable(client.send(command)),
        () => log.warn('that a portal signs with v3 could not be noted', { portalId }),
      );
      if (written === undefined) return;
      if (noted.size >= MAX_NOTED) noted.clear();
      noted.add(portalId);
    },

    async hasSentV3(portalId) {
      const command = new GetItemCommand({ TableName, Key: signatureKey(portalId), ConsistentRead: true });
      return (await reachTable(client.send(command))).Item !== undefined;
    },
  };
}

function signatureKey(portalId: PortalId): ItemKey {
  return { pk: { S: `portal#${portalId}#signature` }, sk: { S: 'signature' } };
}
