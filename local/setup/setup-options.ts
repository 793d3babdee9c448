import { parseArgs } from 'node:util';
import { checkStage } from '../deploy/deploy-options.ts';
import type { Settings } from '../deploy/settings.ts';
import type { Ask } from './ask.ts';
import { BASE_URL, QUESTIONS, type Question } from './questions.ts';

const ALL: readonly Question[] = [...QUESTIONS, BASE_URL];

export const USAGE = `usage: npm run setup -- [--stage prod] [flags]

Sets up a stage, from the HubSpot project to the first owner refresh. Asks for what no flag and no line of
deploy/<stage>.env says. Skips what is done, so run it again after any stop.

  --stage NAME            default: prod
  --region NAME           default: eu-central-1
  --auth static|oauth     one account with a static token, or accounts that install the app
  --portal-id ID          the HubSpot account that holds the app
  --domain NAME           your domain, with --certificate-arn; without one, the address that AWS gives
  --base-url URL          instead of --domain: the address of a proxy that you run
  --alarm-email ADDRESS   who receives alarms
  --objects A,B           static only: contacts,companies,deals,tickets,leads,custom
  --features A,B          static only: queue,users,roles
  --support-email ADDRESS, --documentation-url URL, --support-url URL
  --allow-loss NAME       deploy although that is lost; npm run deploy names what
  --replace-secrets       ask for HubSpot's secrets again, although they are stored
  --dry-run               print the steps and change nothing

Secrets are never flags. They are asked for, or read from HUBSPOT_CLIENT_SECRET and HUBSPOT_ACCESS_TOKEN, or
from lines that are piped in.`;

export type Flags = {
  readonly help: boolean;
  readonly stage: string;
  readonly dryRun: boolean;
  readonly replaceSecrets: boolean;
  readonly allowedLosses: readonly string[];
  /** By the name of the flag. */
  readonly given: Settings;
};

/** @throws naming the flag that is wrong */
export function readFlags(args: readonly string[]): Flags {
  const texts = ['stage', ...ALL.map(({ flag }) => flag)];
  const switches = ['help', 'dry-run', 'replace-secrets'];
  const values: Readonly<Record<string, unknown>> = parseArgs({
    args: [...args],
    options: Object.fromEntries([
      ...texts.map((name) => [name, { type: 'string' }] as const),
      ['allow-loss', { type: 'string', multiple: true }] as const,
      ...switches.map((name) => [name, { type: 'boolean' }] as const),
    ]),
  }).values;
  const given = Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  if (given.domain !== undefined && given['base-url'] !== undefined) {
    throw new Error('--domain and --base-url: give one of them');
  }
  return {
    help: values.help === true,
    stage: checkStage(given.stage ?? 'prod'),
    dryRun: values['dry-run'] === true,
    replaceSecrets: values['replace-secrets'] === true,
    allowedLosses: (values['allow-loss'] ?? []) as readonly string[],
    given,
  };
}

/**
 * All settings of a stage: a flag counts most, then the file, then what is asked. Without a terminal nothing is asked.
 * @throws naming each flag that is missing or wrong
 */
export async function completeSettings(given: Settings, file: Settings, ask: Ask): Promise<Settings> {
  const settings: Record<string, string> = { ...file };
  const problems: string[] = [];
  if (given['base-url'] !== undefined) Object.assign(settings, { DOMAIN_NAME: '', CERTIFICATE_ARN: '' });
  if (given.domain !== undefined) settings.PUBLIC_BASE_URL = '';
  for (const question of [BASE_URL, ...QUESTIONS]) {
    const { flag, setting, isAsked = () => true } = question;
    if (!isAsked(settings)) {
      if (given[flag] !== undefined && setting.startsWith('SETUP_')) problems.push(`--${flag} is for --auth static`);
      continue;
    }
    const answered = await answer(question, settings, given[flag] ?? file[setting], ask).catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error;
      problems.push(`--${flag} ${error.message}`);
      return undefined;
    });
    if (answered !== undefined) settings[setting] = answered;
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return withIdentity(settings);
}

async function answer(question: Question, known: Settings, given: string | undefined, ask: Ask): Promise<string> {
  const { unset, text, read } = question;
  if (given !== undefined && given !== '') return read(given, known);
  if (given === '' && unset !== undefined) return given;
  if (!ask.isTerminal || text === '') {
    if (unset === undefined) throw new TypeError('is missing');
    return unset;
  }
  let asked = text;
  for (;;) {
    const typed = await ask.line(asked);
    if (typed === '' && unset !== undefined) return unset;
    try {
      return read(typed, known);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      asked = `The answer ${error.message}. ${text}`;
    }
  }
}

/**
 * The account of the static token. With OAuth the client ID takes its place, which HubSpot gives after the upload. What is left
 * of the other way does not count any more.
 */
function withIdentity(settings: Settings): Settings {
  const { SETUP_AUTH, SETUP_ACCOUNT_ID = '' } = settings;
  if (SETUP_AUTH !== 'static')
    return 'HUBSPOT_PORTAL_ID' in settings ? { ...settings, HUBSPOT_PORTAL_ID: '' } : settings;
  const other = 'HUBSPOT_CLIENT_ID' in settings ? { HUBSPOT_CLIENT_ID: '' } : {};
  return { ...settings, HUBSPOT_PORTAL_ID: SETUP_ACCOUNT_ID, ...other };
}
