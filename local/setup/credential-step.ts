import { parameterNameOf, writeSettings } from '../deploy/settings.ts';
import { appPage } from './project-steps.ts';
import { done, type Setup, type Step, settingsOf, skipped } from './setup-world.ts';

type Secret = {
  readonly parameter: 'client-secret' | 'access-token';
  readonly variable: 'HUBSPOT_CLIENT_SECRET' | 'HUBSPOT_ACCESS_TOKEN';
  readonly text: string;
};

const CLIENT_SECRET: Secret = {
  parameter: 'client-secret',
  variable: 'HUBSPOT_CLIENT_SECRET',
  text: 'Client secret (not shown)',
};
const ACCESS_TOKEN: Secret = {
  parameter: 'access-token',
  variable: 'HUBSPOT_ACCESS_TOKEN',
  text: 'Access token (not shown)',
};
/** Detects a copying mistake: white space in the middle, or an empty value. */
const COPIED_WELL = /^[\x21-\x7e]+$/;

/** Values that only HubSpot's pages show. Secrets go to SSM only, the client ID to the settings. */
export const STORE_CREDENTIALS: Step = {
  title: 'Store the credentials that HubSpot shows',
  async run(setup) {
    const settings = settingsOf(setup);
    const { SETUP_AUTH, HUBSPOT_CLIENT_ID } = settings;
    const isOAuth = SETUP_AUTH === 'oauth';
    const secrets = isOAuth ? [CLIENT_SECRET] : [CLIENT_SECRET, ACCESS_TOKEN];
    const nameOf = ({ parameter }: Secret) => parameterNameOf(setup.stage, parameter);
    const standing = await setup.parameters.findExisting([CLIENT_SECRET, ACCESS_TOKEN].map(nameOf));
    const hasToken = standing.has(nameOf(ACCESS_TOKEN));
    if (isOAuth && !HUBSPOT_CLIENT_ID && hasToken) throw otherApp(setup, 'static');
    const wasOAuth = 'HUBSPOT_CLIENT_ID' in settings && standing.has(nameOf(CLIENT_SECRET)) && !hasToken;
    if (!isOAuth && wasOAuth) throw otherApp(setup, 'OAuth');
    const existing = setup.replaceSecrets ? new Set() : standing;
    const missing = secrets.filter((secret) => !existing.has(nameOf(secret)));
    const needsId = isOAuth && !HUBSPOT_CLIENT_ID;
    if (missing.length === 0 && !needsId) return skipped(`${secrets.map(nameOf).join(', ')}: in SSM`);
    setup.tell(isOAuth ? oauthInstructions(setup) : staticInstructions(setup));
    // Everything is read before anything is stored, so that the same lines can be piped in again after a failure.
    const id = needsId ? await readClientId(setup) : undefined;
    const values: [name: string, value: string][] = [];
    for (const secret of missing) values.push([nameOf(secret), await readSecret(setup, secret)]);
    for (const [name, value] of values) await setup.parameters.put(name, value);
    if (id !== undefined) writeSettings(setup.projectDir, setup.stage, { HUBSPOT_CLIENT_ID: id });
    return done([...(needsId ? ['the client ID is in the settings'] : []), ...missing.map(nameOf)].join(', '));
  },
};

/** Until the deployment, a running service needs the present secret, and the other app has its own. */
function otherApp({ stage }: Setup, kind: 'static' | 'OAuth'): Error {
  const name = parameterNameOf(stage, CLIENT_SECRET.parameter);
  return new Error(`${name} is the secret of the ${kind} app. Choose another --stage, or see docs/maintain.md, “Move”`);
}

function staticInstructions(setup: Setup): string {
  return [
    `Open ${appPage(setup)}`,
    '(Development → Projects → the project → the app “Owner by email”)',
    '  1. Distribution → Install now → Connect app. HubSpot then shows its settings; go back to the app.',
    '  2. Auth → Client secret → Show. Copy it, then the access token from Distribution.',
  ].join('\n');
}

function oauthInstructions(setup: Setup): string {
  return [
    `Open ${appPage(setup)}`,
    '(Development → Projects → the project → the app “Owner by email”)',
    '  Auth → copy the client ID, then the client secret.',
  ].join('\n');
}

async function readClientId({ environment, ask }: Setup): Promise<string> {
  const id = environment.HUBSPOT_CLIENT_ID || (await ask.line('Client ID'));
  if (!/^[\w-]+$/.test(id)) throw new Error('HUBSPOT_CLIENT_ID: must be letters, digits and hyphens');
  return id;
}

async function readSecret({ environment, ask }: Setup, { variable, text }: Secret): Promise<string> {
  const value = (environment[variable] || (await ask.secret(text))).trim();
  if (!COPIED_WELL.test(value))
    throw new Error(`${variable}: must be printable characters without spaces. Copy it again`);
  return value;
}
