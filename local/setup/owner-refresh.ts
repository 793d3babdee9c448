import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import { awsDomainOf, Sha256 } from '../../lib/aws/signed-call.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import { createSyncState } from '../../lib/store/owner-sync-state.ts';

export type OwnerRefresh = {
  /** Whether the owners of the account were ever read to the last page. */
  wasDone(tableName: string, portalId: PortalId): Promise<boolean>;
  /** Invokes the function that queues a refresh of each account. */
  start(functionName: string): Promise<void>;
};

const TIMEOUT_MS = 65_000;
const AT_ONCE = JSON.stringify({ atOnce: true });

/** With the operator's own credentials. One call of Lambda is needed, so it is signed here. */
export function createOwnerRefresh(region: string, now: () => number): OwnerRefresh {
  const dynamodb = new DynamoDBClient({ region });
  return {
    async wasDone(tableName, portalId) {
      const { lastCompleteStartedAtEpochMs } = await createSyncState({ client: dynamodb, tableName }, now).readState(
        portalId,
      );
      return lastCompleteStartedAtEpochMs > 0;
    },
    async start(functionName) {
      const base = new URL(process.env.AWS_ENDPOINT_URL_LAMBDA || `https://lambda.${region}.${awsDomainOf(region)}`);
      const path = `/2015-03-31/functions/${functionName}/invocations`;
      const signer = new SignatureV4({
        service: 'lambda',
        region,
        credentials: dynamodb.config.credentials,
        sha256: Sha256,
      });
      const { headers } = await signer.sign({
        method: 'POST',
        protocol: base.protocol,
        hostname: base.hostname,
        path,
        headers: { host: base.host, 'content-type': 'application/json' },
        body: AT_ONCE,
      });
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(new URL(path, base), {
        method: 'POST',
        headers,
        body: AT_ONCE,
        redirect: 'error',
        signal,
      });
      const trouble = response.headers.get('x-amz-function-error');
      if (response.status === 200 && trouble === null) return;
      throw new Error(`${functionName} could not be invoked: status ${response.status} ${trouble ?? ''}`.trim());
    },
  };
}
