import type { Context } from 'aws-lambda';
import { createHandler } from '../functions/set-owner-by-email.ts';
import { SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { loadSetOwnerConfig } from '../lib/config/load-config.ts';
import { readSsmSecrets } from '../lib/config/secrets.ts';
import type { HttpEvent } from '../lib/http/http-event.ts';
import { createTelemetry } from '../lib/observability/telemetry.ts';
import { livePlatform } from '../lib/runtime/platform.ts';
import { createSetOwnerRuntime } from '../lib/runtime/set-owner-runtime.ts';
import { completeEnvironment } from '../local/environment.ts';
import { type SignatureVersions, signatureHeaders } from '../local/simulator/sign.ts';
import { inMs, type Report } from './report.ts';
import { TABLE_NAME, useSettings } from './settings.ts';
import { countUsage } from './usage.ts';

const BUDGET_MS = 1;
const WARM_UP = 500;
/** Nothing listens there: a request that asked anybody anything would not end in 401. */
const NOWHERE = 'http://127.0.0.1:9';

type Attack = {
  readonly what: string;
  readonly bodyBytes: number;
  readonly requests: number;
  readonly signatures: SignatureVersions | 'none';
};

/** The most that somebody without the secret can make us do: a signature that is well made, and so has to be compared. */
const ATTACKS: readonly Attack[] = [
  { what: 'no signature', bodyBytes: 2_000, requests: 20_000, signatures: 'none' },
  { what: 'a bad v3 signature', bodyBytes: 2_000, requests: 20_000, signatures: 'v2+v3' },
  { what: 'a bad v2 signature', bodyBytes: 2_000, requests: 20_000, signatures: 'v2' },
  { what: 'no signature', bodyBytes: 200_000, requests: 5_000, signatures: 'none' },
  { what: 'a bad v3 signature', bodyBytes: 200_000, requests: 5_000, signatures: 'v2+v3' },
  { what: 'a bad v2 signature', bodyBytes: 200_000, requests: 5_000, signatures: 'v2' },
  { what: 'no signature', bodyBytes: 300_000, requests: 20_000, signatures: 'none' },
];

type Measured = Attack & { readonly status: number; readonly cpuMs: number };

/**
 * What a request costs that HubSpot did not sign, in CPU time of this process: there is nothing else to pay for, because
 * nobody is asked anything. One request after another, straight into the handler.
 */
export async function reportUnsignedFlood(report: Report): Promise<void> {
  const refuse = await startRefusing();
  const measured: Measured[] = [];
  for (const attack of ATTACKS) measured.push(await measure(attack, refuse));

  report.heading('Requests that HubSpot did not sign: CPU time to refuse one');
  report.table(
    ['request', 'body', 'status', 'requests', 'CPU each', 'requests a CPU second'],
    measured.map(({ what, bodyBytes, status, requests, cpuMs }) => [
      what,
      `${bodyBytes / 1_000} kB`,
      String(status),
      String(requests),
      `${cpuMs.toFixed(3)} ms`,
      String(Math.round(1_000 / cpuMs)),
    ]),
  );
  report.line('Its log line and its metric are in it. No DynamoDB request and no call to HubSpot was made.');
  report.line();
  const worst = (isMeant: (each: Measured) => boolean) =>
    Math.max(...measured.filter(isMeant).map(({ cpuMs }) => cpuMs));
  const what = 'CPU time to refuse a request that HubSpot did not sign';
  const budgets = [
    { what: `${what}, 2 kB`, measured: worst(({ bodyBytes }) => bodyBytes === 2_000) },
    { what: `${what}, 200 kB and more`, measured: worst(({ bodyBytes }) => bodyBytes > 2_000) },
  ];
  for (const budget of budgets) report.budget({ ...budget, limit: BUDGET_MS, format: inMs });
}

async function startRefusing(): Promise<(event: HttpEvent) => Promise<number>> {
  const environment = await completeEnvironment(() => undefined, {
    httpPort: 3000,
    hubspotUrl: NOWHERE,
    dynamoDbUrl: NOWHERE,
    sqsUrl: undefined,
    refreshQueueUrl: `${NOWHERE}/unused`,
    assignQueueUrl: `${NOWHERE}/unused`,
  });
  useSettings(environment);
  // While a secret is rotated there are two to compare with: the dearer case.
  const rotating = { ...environment, HUBSPOT_CLIENT_SECRET_PREVIOUS: 'previous-client-secret', TABLE_NAME };
  const config = await loadSetOwnerConfig(rotating, readSsmSecrets);
  const telemetry = createTelemetry('bench');
  const { world, usage } = countUsage(livePlatform());
  const runtime = createSetOwnerRuntime(config, telemetry, world);
  const handler = createHandler(telemetry, async () => runtime);
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 } as Context;
  return async (event) => {
    const { statusCode } = await handler(event, context);
    if (usage.reads + usage.writes + usage.waitedMs > 0)
      throw new Error('an unsigned request asked somebody something');
    return statusCode;
  };
}

async function measure(attack: Attack, refuse: (event: HttpEvent) => Promise<number>): Promise<Measured> {
  const event = makeEvent(attack);
  for (let n = 0; n < WARM_UP; n += 1) await refuse(event);
  const before = process.cpuUsage();
  let status = 0;
  for (let n = 0; n < attack.requests; n += 1) status = await refuse(event);
  const { user, system } = process.cpuUsage(before);
  if (status !== 401 && status !== 413) throw new Error(`an unsigned request was answered with ${status}`);
  return { ...attack, status, cpuMs: (user + system) / 1_000 / attack.requests };
}

function makeEvent({ bodyBytes, signatures }: Attack): HttpEvent {
  const { route } = SET_OWNER_BY_EMAIL;
  const body = JSON.stringify({ padding: 'x'.repeat(bodyBytes) });
  const parts = { method: 'POST', uri: `http://127.0.0.1:3000${route}`, body };
  const signed = signatures === 'none' ? {} : signatureHeaders('not-our-secret', parts, Date.now(), signatures);
  return {
    version: '2.0',
    rawPath: route,
    rawQueryString: '',
    headers: Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value])),
    body,
    isBase64Encoded: false,
    requestContext: { requestId: 'bench', http: { method: 'POST' } },
  };
}
