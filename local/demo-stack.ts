import { randomBytes } from 'node:crypto';
import { CALLBACK_ROUTE } from '../lib/domain/app-urls.ts';
import { type PortalId, parsePortalId } from '../lib/domain/ids.ts';
import type { DemoApp } from './demo-choice.ts';
import type { BrowserAdmin, NotRun } from './demo-fix.ts';
import { readGivenEnvironment } from './given-environment.ts';
import { installApp } from './install-app.ts';
import { print } from './output.ts';
import { paint } from './paint.ts';
import { configuredPortal, readRefreshReport } from './refresh-report.ts';
import type { SeededPeople } from './seed.ts';
import type { HubSpotSimulator } from './simulator/hubspot-simulator.ts';
import { type LocalStack, startLocalStack } from './stack.ts';
import { wrap } from './wrap.ts';

export type DemoStack = {
  readonly stack: LocalStack;
  readonly simulator: HubSpotSimulator;
  /** Of the first account. */
  readonly people: SeededPeople;
};

/**
 * The local stack on the simulator: for accounts that install the app, or for one with a static token.
 * @throws naming the variable if a real HubSpot was given
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
  printStep('Everything runs on this machine: no AWS account, no HubSpot account');
  const stack = await startLocalStack({
    projectDir,
    given,
    purpose: 'demo',
    onStep: (step) => printStep(`Starting ${step} …`),
    onStop,
  });
  if (stack.simulation === undefined) throw new Error('the demo has no simulator to run on');
  return { stack, ...stack.simulation };
}

/**
 * Installs the app in the accounts, or uses the one of the static token, and reports the first refresh of each.
 * @param admin connects the first account in a browser
 */
export async function connectAccounts(
  demo: DemoStack,
  auth: DemoApp['auth'],
  portalIds: readonly number[],
  admin?: BrowserAdmin | NotRun,
): Promise<void> {
  return auth === 'static' ? refreshStaticAccount(demo) : installInAccounts(demo, portalIds, admin);
}

/** The first refresh of each account is queued by its install. */
async function installInAccounts(
  { stack, simulator }: DemoStack,
  portalIds: readonly number[],
  admin: BrowserAdmin | NotRun | undefined,
): Promise<void> {
  const { url, environment } = stack;
  const redirectUri = environment.HUBSPOT_REDIRECT_URI ?? `${environment.PUBLIC_BASE_URL}${CALLBACK_ROUTE}`;
  // A browser would follow the address of a tunnel, which may be closed.
  const isHere = redirectUri === `${url}${CALLBACK_ROUTE}`;
  for (const [index, portalId] of portalIds.entries()) {
    if (index === 0 && isHere && admin !== undefined && 'connect' in admin) {
      printStep(`In the browser, from the settings page: ${await admin.connect(portalId)}`);
    } else {
      printStep(await installApp({ url, hubspotUrl: simulator.url, redirectUri, portalId }));
    }
  }
  await stack.refresh.settled();
  for (const portalId of portalIds) await printRefresh(stack, parsePortalId(portalId));
}

async function refreshStaticAccount({ stack }: DemoStack): Promise<void> {
  await stack.refresh.run();
  await printRefresh(stack, configuredPortal(stack.environment));
}

async function printRefresh({ environment }: LocalStack, portalId: PortalId | undefined): Promise<void> {
  const report = await readRefreshReport(environment, portalId);
  if (report === undefined) throw new Error(`the refresh of account ${portalId} left no report`);
  const { active, archived, queues, hubspotCalls } = report;
  printStep(
    `Account ${portalId}: read ${active} active and ${archived} deactivated owners, ${queues} queue, ${hubspotCalls} calls`,
  );
}

export function printStep(text: string): void {
  for (const line of wrap(text, { first: '  ', rest: '    ' }).split('\n')) print(paint('dim', line));
}

function forStaticToken(given: (name: string) => string | undefined): (name: string) => string | undefined {
  return (name) => (name === 'HUBSPOT_CLIENT_ID' ? undefined : given(name));
}

/**
 * With a client ID, accounts install the app, and a local key encrypts their tokens. The key exists only during this run: the
 * installs replace older tokens in a given table.
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
