import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type PortalId, parsePortalId } from '../../../lib/domain/ids.ts';
import type { Fetch } from '../../../lib/network/fetch.ts';
import { livePlatform, type Platform } from '../../../lib/runtime/platform.ts';
import { CLIENT_OPTIONS } from '../../../lib/store/table.ts';
import { countUsage } from '../../usage.ts';
import { type FloodUsage, TOKENS_VARIABLE } from './setup.ts';

/** The time-outs of production, 0.2 and 0.3 seconds, are for DynamoDB; the embedded engine shares this machine with a flood. */
const PATIENT = { connectionTimeout: 10_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** What a process with containers gives them, and what they have asked for so far. */
export function createContainerWorld(): { newWorld(): Platform; usage(): FloodUsage } {
  const counted: ReturnType<typeof countUsage>[] = [];
  let sqsRequests = 0;
  const counting = (platform: Platform): Fetch => {
    return (input, init) => {
      if (isOfQueue(init.headers)) sqsRequests += 1;
      return platform.fetch(input, init);
    };
  };
  const sum = (what: 'reads' | 'writes') => counted.reduce((total, { usage }) => total + usage[what], 0);
  return {
    newWorld() {
      const live = livePlatform();
      const world = countUsage({
        ...live,
        // The queue is called by signed requests, by the same way as HubSpot.
        fetch: counting(live),
        table: new DynamoDBClient({ ...CLIENT_OPTIONS, maxAttempts: 3, requestHandler: PATIENT }),
      });
      counted.push(world);
      return world.world;
    },
    usage: () => ({ reads: sum('reads'), writes: sum('writes'), sqsRequests }),
  };
}

/** The bench's portals, in place of the one that the environment names. */
export function readTokens(): ReadonlyMap<PortalId, string> {
  const pairs = JSON.parse(process.env[TOKENS_VARIABLE] ?? '[]') as [string, string][];
  return new Map(
    pairs.map(([portal, token]) => {
      const portalId = parsePortalId(portal);
      if (portalId === undefined) throw new Error(`${portal} is no portal id`);
      return [portalId, token];
    }),
  );
}

function isOfQueue(headers: Readonly<Record<string, string>>): boolean {
  return headers['x-amz-target']?.startsWith('AmazonSQS.') === true;
}
