import { randomBytes } from 'node:crypto';
import { CALLBACK_ROUTE } from '../lib/domain/app-urls.ts';
import { parsePortalId } from '../lib/domain/ids.ts';
import type { DemoApp } from './demo-choice.ts';
import { readGivenEnvironment } from './environment.ts';
import { installApp } from './install-app.ts';
import { print } from './output.ts';
import { configuredPortal, formatRefreshReport, readRefreshReport } from './refresh-report.ts';
import type { SeededPeople } from './seed.ts';
import type { HubSpotSimulator } from './simulator/hubspot-simulator.ts';
import { type LocalStack, startLocalStack } from './stack.ts';

export type DemoStack = {
  readonly stack: LocalStack;
  readonly simulator: HubSpotSimulator;
  /** Of the first account. */
  readonly people: SeededPeople;
  /** What the functions printed. */
  readonly log: readonly string[];
};

/**
 * The local stack on the simulator: for accounts that install the app, or for one with a static token.
 * @throws naming the variable when a real HubSpot was given
 */
export async function startDemoStack(
  onStop: (stop: () => Promise<void>) => void,
  auth: DemoApp['auth'] = 'oauth',
): Promise<DemoStack> {
  const projectDir = process.cwd();
  const ownGiven = readGivenEnvironment(projectDir);
  const given = auth === 'oauth' ? forInstalls(ownGiven) : forStaticToken(ownGiven);
  if (given('HUBSPOT_API_BASE_URL') !== undefined) {
    throw new Error(
      'HUBSPOT_API_BASE_URL: the demo enrolls made-up records, so it runs on the simulator only; unset it',
    );
  }
  print('Starting DynamoDB, SQS, HubSpot and the functions on this machine …');
  const log: string[] = [];
  const stack = await startLocalStack({ projectDir, given, onLine: (line) => log.push(line), onStop });
  if (stack.simulation === undefined) throw new Error('the demo has no simulator to run on');
  return { stack, ...stack.simulation, log };
}

/** Brings the app into the accounts, or into the one that the static token opens, and tells about the first refresh of each. */
export async function connectAccounts(
  demo: DemoStack,
  auth: DemoApp['auth'],
  portalIds: readonly number[],
): Promise<void> {
  return auth === 'static' ? refreshStaticAccount(demo) : installInAccounts(demo, portalIds);
}

/** The first refresh of each account is queued by its install. */
async function installInAccounts({ stack, simulator }: DemoStack, portalIds: readonly number[]): Promise<void> {
  const { url, environment } = stack;
  const redirectUri = environment.HUBSPOT_REDIRECT_URI ?? `${environment.PUBLIC_BASE_URL}${CALLBACK_ROUTE}`;
  for (const portalId of portalIds) print(await installApp({ url, hubspotUrl: simulator.url, redirectUri, portalId }));
  await stack.refresh.settled();
  for (const portalId of portalIds) {
    const report = await readRefreshReport(environment, parsePortalId(portalId));
    if (report === undefined) throw new Error(`the refresh of account ${portalId} left no report`);
    print(`Account ${portalId}. ${formatRefreshReport(report)}`);
  }
}

async function refreshStaticAccount({ stack }: DemoStack): Promise<void> {
  await stack.refresh.run();
  const portalId = configuredPortal(stack.environment);
  const report = await readRefreshReport(stack.environment, portalId);
  if (report === undefined) throw new Error(`the refresh of account ${portalId} left no report`);
  print(`Account ${portalId}. ${formatRefreshReport(report)}`);
}

function forStaticToken(given: (name: string) => string | undefined): (name: string) => string | undefined {
  return (name) => (name === 'HUBSPOT_CLIENT_ID' ? undefined : given(name));
}

/**
 * With a client id accounts install the app, and the key that encrypts their tokens has to be a local one. It lives as long as
 * this run: whatever a table that was given holds of an earlier one, the installs replace.
 */
function forInstalls(given: (name: string) => string | undefined): (name: string) => string | undefined {
  const set: Readonly<Record<string, string | undefined>> = {
    HUBSPOT_CLIENT_ID: given('HUBSPOT_CLIENT_ID') ?? 'local-demo',
    TOKEN_KMS_KEY_ID: undefined,
    LOCAL_TOKEN_KEY: randomBytes(32).toString('base64'),
    LOCAL_TOKEN_KEY_PREVIOUS: undefined,
  };
  return (name) => (name in set ? set[name] : given(name));
}
