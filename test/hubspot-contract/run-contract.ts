import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { refuseAccount, refuseAddress } from './admit-account.ts';
import { CHECKS } from './all-checks.ts';
import { type Api, createApi } from './api.ts';
import { ACCOUNT, createGround, type OAuthCredentials } from './ground.ts';
import { formatResult, summarize } from './report.ts';
import { type Result, runCheck } from './run-checks.ts';
import { asObject } from './words.ts';

const USAGE = `usage: HUBSPOT_ACCESS_TOKEN=… npm run contract -- --portal <account ID>
  [--spend-limit]     also provokes a 429
  [--patience <s>]    how long to wait for what HubSpot computes later; 5 by default
HUBSPOT_API_BASE_URL is https://api.hubapi.com by default. The checks of OAuth need HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET
and HUBSPOT_REFRESH_TOKEN.`;

export type ContractWorld = {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends the run after the check that is under way. */
  readonly stop: AbortSignal;
};

type Options = { readonly portalId: string | undefined; readonly maySpendLimit: boolean; readonly patienceMs: number };

/** Compares what HubSpot does with what the app relies on. Exit code 0 only if nothing differs and nothing is left behind. */
export async function runContract({
  args,
  environment,
  print,
  printError,
  sleep,
  stop,
}: ContractWorld): Promise<0 | 1> {
  const given = (name: string): string | undefined => environment[name] || undefined;
  const refuse = (why: string): 1 => {
    printError(why);
    return 1;
  };
  const options = readOptions(args);
  if (options === undefined) return refuse(USAGE);
  const baseUrl = (given('HUBSPOT_API_BASE_URL') ?? 'https://api.hubapi.com').replace(/\/+$/, '');
  const token = given('HUBSPOT_ACCESS_TOKEN');
  if (token === undefined) return refuse(`HUBSPOT_ACCESS_TOKEN is missing\n${USAGE}`);
  const badAddress = refuseAddress(baseUrl, options.portalId);
  if (badAddress !== undefined) return refuse(badAddress);
  const api = createApi({ baseUrl, token, sleep });
  const account = await readAccount(api);
  if (typeof account === 'string') return refuse(account);
  const badAccount = refuseAccount(account, options.portalId);
  if (badAccount !== undefined) return refuse(badAccount);

  const runId = randomBytes(4).toString('hex');
  const { portalId } = account;
  const ground = createGround({ ...options, api, portalId, sleep, runId, oauth: readCredentials(given) });
  print(`Account ${portalId} (${account.accountType}) at ${new URL(baseUrl).host}, run ${runId}`);
  const results: Result[] = [];
  for (const check of CHECKS) {
    if (stop.aborted) break;
    const result = await runCheck(check, ground);
    results.push(result);
    print(formatResult(result));
  }
  const left = await ground.records.removeAll();
  for (const line of left) printError(line);
  print(`${summarize(results)}${stop.aborted ? ', stopped' : ''}`);
  return left.length === 0 && !stop.aborted && results.every(({ kind }) => kind !== 'differs') ? 0 : 1;
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        portal: { type: 'string' },
        patience: { type: 'string', default: '5' },
        'spend-limit': { type: 'boolean', default: false },
      },
    });
    const patienceMs = Number(values.patience) * 1_000;
    if (!(patienceMs >= 0 && patienceMs <= 60_000)) return undefined;
    return { portalId: values.portal, maySpendLimit: values['spend-limit'], patienceMs };
  } catch {
    return undefined;
  }
}

/** Only what is complete: a client without a grant can do nothing. */
function readCredentials(given: (name: string) => string | undefined): OAuthCredentials | undefined {
  const clientId = given('HUBSPOT_CLIENT_ID');
  const clientSecret = given('HUBSPOT_CLIENT_SECRET');
  const refreshToken = given('HUBSPOT_REFRESH_TOKEN');
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined) return undefined;
  return { clientId, clientSecret, refreshToken };
}

/** The account of the token, or a sentence that says why it cannot be known. */
async function readAccount(api: Api): Promise<{ portalId: string; accountType: string } | string> {
  const { status, json } = await api.get(ACCOUNT);
  const { portalId, accountType } = asObject(json);
  if (status === 401) return 'HUBSPOT_ACCESS_TOKEN: HubSpot does not know this token';
  if (status !== 200 || portalId === undefined) return `The account details were answered with ${status}`;
  return { portalId: String(portalId), accountType: typeof accountType === 'string' ? accountType : '' };
}
