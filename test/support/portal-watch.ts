import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Fetch, nodeFetch } from '../../lib/network/fetch.ts';
import type { SimulatorState } from '../../local/simulator/state.ts';
import { OTHER_PORTAL, PORTAL } from './service.ts';

export const TWO_PORTALS = [PORTAL, OTHER_PORTAL] as const;
export type OneOfTwo = (typeof TWO_PORTALS)[number];

/** Numbers by which whatever holds them is known to be one portal's: no two portals or kinds share a first pair of digits. */
export function markedIds(portalId: OneOfTwo) {
  const nth = TWO_PORTALS.indexOf(portalId);
  const series = (first: number, step: number) => {
    let last = first + nth * step;
    return () => {
      last += 1;
      return String(last);
    };
  };
  return {
    owner: series(410_000_000, 10_000_000),
    user: series(510_000_000, 10_000_000),
    record: series(9_100_000_000, 100_000_000),
  };
}

function marksOf(portalId: OneOfTwo): RegExp {
  const digit = TWO_PORTALS.indexOf(portalId) + 1;
  return new RegExp(String.raw`\b(?:${portalId}|4${digit}\d{7}|5${digit}\d{7}|9${digit}\d{8})\b`);
}

/** Counts of outcomes, which are numbers only, wait for the next execution in the container, whichever portal it is of. */
const COUNTS = /"pk":\{"S":"portal#(\d+)#outcomes"\}/;

function countedIn(input: object): OneOfTwo | undefined {
  const counted = COUNTS.exec(JSON.stringify(input))?.[1];
  return TWO_PORTALS.find((portalId) => String(portalId) === counted);
}

const TOKEN = /\bCN[\w-]{300}|\bna1-[0-9a-f-]{36}/;
const PARTITION_KEY = /"pk":\{"S":"([^"]*)"/g;

export type PortalWatch = ReturnType<typeof createPortalWatch>;

/**
 * Looks at everything that goes to the table and to HubSpot while work is done for one of two portals, and at what the table
 * gives back: nothing of the other portal may be in it. Knows whose a token is from the simulator, who issued it.
 */
export function createPortalWatch(state: () => SimulatorState) {
  const working = new AsyncLocalStorage<OneOfTwo>();
  const violations: string[] = [];
  const tokenOwners = new Map<string, number>();
  let looks = 0;

  /** Tokens die with an install, so that they have to be learned before. */
  function learnTokens(): void {
    for (const [portalId, { tokens }] of state().portals) {
      for (const token of tokens.keys()) tokenOwners.set(token, portalId);
    }
    for (const { installs } of state().apps.values()) {
      for (const { portalId, refreshTokens } of installs.values()) {
        for (const token of refreshTokens.keys()) tokenOwners.set(token, portalId);
      }
    }
  }

  function ownerOfToken(token: string): number | undefined {
    if (!tokenOwners.has(token)) learnTokens();
    return tokenOwners.get(token);
  }

  function inspect(portalId: OneOfTwo, what: string, text: string): void {
    looks += 1;
    for (const other of TWO_PORTALS) {
      const found = other === portalId ? undefined : marksOf(other).exec(text)?.[0];
      if (found !== undefined) violations.push(`${what} of portal ${portalId} holds ${found}`);
    }
  }

  function inspectTable(portalId: OneOfTwo, what: string, value: object): void {
    const text = JSON.stringify(value);
    inspect(portalId, what, text);
    if (TOKEN.test(text)) violations.push(`${what} of portal ${portalId} holds a readable token`);
    for (const [, key = ''] of text.matchAll(PARTITION_KEY)) {
      if (!key.startsWith(`portal#${portalId}#`)) violations.push(`${what} of portal ${portalId} has the key ${key}`);
    }
  }

  return {
    violations,
    /** How much was looked at: a watch that saw nothing proves nothing. */
    looks: () => looks,
    learnTokens,
    ownerOfToken,
    inspect,

    /** Whatever `work` makes the service do is done for this portal. */
    during: <T>(portalId: OneOfTwo, work: () => Promise<T>): Promise<T> => working.run(portalId, work),

    watchTable(client: DynamoDBClient): void {
      client.middlewareStack.add(
        (next, { commandName = '' }) =>
          async (args) => {
            const current = working.getStore();
            if (current === undefined) return next(args);
            const portalId = countedIn(args.input) ?? current;
            inspectTable(portalId, `a ${commandName}`, args.input);
            const result = await next(args);
            inspectTable(portalId, `an answer to a ${commandName}`, result.output);
            return result;
          },
        { step: 'initialize', name: 'watchPortals' },
      );
    },

    fetch: ((input, init) => {
      const portalId = working.getStore();
      if (portalId === undefined) violations.push(`a call of nobody’s: ${input}`);
      else {
        const body = String(init?.body ?? '');
        inspect(portalId, `a call of HubSpot`, `${input} ${body}`);
        const bearer = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '');
        const token = bearer ?? new URLSearchParams(body).get('refresh_token') ?? '';
        const owner = ownerOfToken(token);
        if (owner !== portalId) violations.push(`a call for portal ${portalId} with a token of ${owner}`);
      }
      return nodeFetch(input, init);
    }) satisfies Fetch,
  };
}
