import { APP_FEATURES, APP_OBJECTS } from '../../lib/domain/scopes.ts';
import type { Command, Flag, Given } from '../command/command-line.ts';
import { checkStage } from '../deploy/deploy-options.ts';
import type { Settings } from '../deploy/settings.ts';
import type { Ask } from './ask.ts';
import { BASE_URL, QUESTIONS, type Question } from './questions.ts';

const ALL: readonly Question[] = [...QUESTIONS, BASE_URL];

const text = (value: string, means: string) => ({ type: 'string', value, means }) as const;
const toggle = (means: string) => ({ type: 'boolean', means }) as const;

export const SETUP_COMMAND = {
  script: 'setup',
  does: 'Sets up a stage, from the HubSpot project to the first owner refresh. Asks for what no flag and no line of deploy/<stage>.env says. Skips what is done, so run it again after any stop. Secrets are never flags: they are asked for, or read from HUBSPOT_CLIENT_SECRET and HUBSPOT_ACCESS_TOKEN, or from lines that are piped in.',
  flags: {
    stage: text('NAME', 'default: prod'),
    region: text('NAME', 'default: eu-central-1'),
    auth: text('static|oauth', 'one account with a static token, or accounts that install the app'),
    'portal-id': text('ID', 'the HubSpot account that holds the app'),
    domain: text('NAME', 'your domain; without one, the address that AWS gives'),
    'certificate-arn': text('ARN', 'the certificate of the domain'),
    'base-url': text('URL', 'instead of --domain: the address of a proxy that you run'),
    'alarm-email': text('ADDRESS', 'who receives alarms'),
    objects: text('A,B', `static only: ${APP_OBJECTS.join(',')}`),
    features: text('A,B', `static only: ${APP_FEATURES.join(',')}`),
    'support-email': text('ADDRESS', 'where people of the account write to'),
    'documentation-url': text('URL', 'your documentation'),
    'support-url': text('URL', 'your support page'),
    'allow-loss': { ...text('NAME', 'deploy although that is lost; npm run deploy names what'), several: true },
    'replace-secrets': toggle("ask for HubSpot's secrets again, although they are stored"),
    'dry-run': toggle('print the steps and change nothing'),
  },
  examples: ['npm run setup', 'npm run setup -- --stage prod --auth static --dry-run'],
} as const satisfies Command<Readonly<Record<string, Flag>>>;

export type Flags = {
  readonly stage: string;
  readonly dryRun: boolean;
  readonly replaceSecrets: boolean;
  readonly allowedLosses: readonly string[];
  /** By the name of the flag. */
  readonly given: Settings;
};

/** @throws naming the flag that is wrong */
export function readFlags({ flags }: Given<typeof SETUP_COMMAND.flags>): Flags {
  const { stage = 'prod', domain, 'base-url': baseUrl, 'allow-loss': allowedLosses = [] } = flags;
  if (domain !== undefined && baseUrl !== undefined) throw new Error('--domain and --base-url: give one of them');
  const asked = new Set(ALL.map(({ flag }) => flag));
  return {
    stage: checkStage(stage),
    dryRun: flags['dry-run'] === true,
    replaceSecrets: flags['replace-secrets'] === true,
    allowedLosses,
    given: Object.fromEntries(
      Object.entries(flags).filter((entry): entry is [string, string] => {
        return asked.has(entry[0]) && typeof entry[1] === 'string';
      }),
    ),
  };
}

/**
 * All settings of a stage: first the flags, then the file, then the answers. Without a terminal, it asks nothing.
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
  // An empty value is an answer, such as no domain, unless there is another default.
  if (given === '' && unset === '') return given;
  if (given !== undefined && (given !== '' || unset !== undefined)) return read(given, known);
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
 * The account of the static token. With OAuth, the client ID replaces it, which HubSpot shows after the upload. Values of the
 * other kind are ignored.
 */
function withIdentity(settings: Settings): Settings {
  const { SETUP_AUTH, SETUP_ACCOUNT_ID = '' } = settings;
  if (SETUP_AUTH !== 'static')
    return 'HUBSPOT_PORTAL_ID' in settings ? { ...settings, HUBSPOT_PORTAL_ID: '' } : settings;
  const other = 'HUBSPOT_CLIENT_ID' in settings ? { HUBSPOT_CLIENT_ID: '' } : {};
  return { ...settings, HUBSPOT_PORTAL_ID: SETUP_ACCOUNT_ID, ...other };
}
