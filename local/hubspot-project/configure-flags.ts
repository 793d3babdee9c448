import { parseArgs } from 'node:util';
import { LOCALES } from '../../lib/action/labels.ts';
import { APP_FEATURES, APP_OBJECTS, type AppPurpose, DEFAULT_PURPOSE } from '../../lib/domain/scopes.ts';
import { type AppAuth, DEFAULT_STAGE, newIdentity } from './project-identity.ts';
import { type AppSupport, EXAMPLE_SUPPORT, type ProjectOptions } from './project-options.ts';

export const FLAGS = {
  'base-url': { type: 'string', value: 'URL', means: 'the address of the service' },
  stage: { type: 'string', value: 'STAGE', means: `the project of this stage; default: ${DEFAULT_STAGE}` },
  auth: { type: 'string', value: 'KIND', means: 'static or oauth' },
  'app-name': { type: 'string', value: 'NAME', means: 'the name of the app' },
  objects: { type: 'string', value: 'LIST', means: `static only; some of ${APP_OBJECTS.join(',')}` },
  features: { type: 'string', value: 'LIST', means: `static only; some of ${APP_FEATURES.join(',')}` },
  'support-email': { type: 'string', value: 'EMAIL', means: 'where questions about the app go' },
  'documentation-url': { type: 'string', value: 'URL', means: 'the page that describes the app' },
  'support-url': { type: 'string', value: 'URL', means: 'the page for questions about the app' },
  agents: { type: 'boolean', means: 'AI agents may use the app; --no-agents: they may not' },
  language: { type: 'string', value: 'CODE', means: `one of ${LOCALES.join(', ')}` },
  'project-name': { type: 'string', value: 'NAME', means: 'of an app that was uploaded from elsewhere' },
  'app-uid': { type: 'string', value: 'UID', means: 'of an app that was uploaded from elsewhere' },
} as const;

type Given = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, allowNegative: true }).values;
}

/** Only the stage, which identifies the earlier configuration. */
export function readStage(args: readonly string[]): string {
  return parse(args).stage ?? DEFAULT_STAGE;
}

/**
 * The options in the flags. Absent flags are absent here, or keep the earlier configuration if only a part is given.
 * @throws {TypeError} if a flag is unknown or has an invalid value
 */
export function readFlags(args: readonly string[], earlier: Partial<ProjectOptions>): Partial<ProjectOptions> {
  const given = parse(args);
  if (Object.keys(given).length === 0) throw new TypeError('--base-url is missing');
  const auth = toAuth(given.auth);
  const isOAuth = (auth ?? earlier.auth) === 'oauth';
  const hasPurpose = (given.objects ?? given.features) !== undefined;
  if (isOAuth && hasPurpose) {
    throw new TypeError(
      '--objects and --features are for --auth static: an OAuth app asks for everything, most of it optional',
    );
  }
  const identity = toIdentity(given, auth ?? earlier.auth ?? 'static');
  return {
    ...(given['base-url'] !== undefined && { publicBaseUrl: given['base-url'] }),
    ...(given.stage !== undefined && { stage: given.stage }),
    ...(auth !== undefined && { auth }),
    ...(given['app-name'] !== undefined && { appName: toAppName(given['app-name']) }),
    ...(hasPurpose && { purpose: toPurpose(given, earlier.purpose) }),
    support: toSupport(given, earlier.support),
    ...(given.agents !== undefined && { agents: given.agents }),
    ...(given.language !== undefined && { language: oneOf('--language', given.language, LOCALES) }),
    ...(identity !== undefined && { identity }),
  };
}

function toAuth(text: string | undefined): AppAuth | undefined {
  return text === undefined ? undefined : oneOf('--auth', text, ['static', 'oauth'] as const);
}

function toAppName(name: string): string {
  if (!/^\S.{0,62}\S$/u.test(name)) throw new TypeError('--app-name must be 2 to 64 characters');
  return name;
}

function toPurpose(given: Given, configured: AppPurpose = DEFAULT_PURPOSE): AppPurpose {
  const objects = toList('--objects', given.objects, APP_OBJECTS) ?? configured.objects;
  if (objects.length === 0) throw new TypeError(`--objects needs at least one of ${APP_OBJECTS.join(', ')}`);
  return {
    objects,
    features: toList('--features', given.features, APP_FEATURES) ?? configured.features,
  };
}

/** In the order of `known`, so that the same choice makes the same file. Empty is a choice, too. */
function toList<Name extends string>(
  flag: string,
  text: string | undefined,
  known: readonly Name[],
): Name[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const strange = names.filter((name) => name !== '' && !known.some((one) => one === name));
  if (strange.length > 0) throw new TypeError(`${flag} knows ${known.join(', ')}; not ${strange.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

function oneOf<Name extends string>(flag: string, text: string, known: readonly Name[]): Name {
  const name = known.find((one) => one === text);
  if (name === undefined) throw new TypeError(`${flag} must be ${known.join(', ').replace(/, ([^,]*)$/, ' or $1')}`);
  return name;
}

/** Missing values are the example's, which the check of the project refuses. */
function toSupport(given: Given, configured: AppSupport = EXAMPLE_SUPPORT): AppSupport {
  return {
    supportEmail: given['support-email'] ?? configured.supportEmail,
    documentationUrl: given['documentation-url'] ?? configured.documentationUrl,
    supportUrl: given['support-url'] ?? configured.supportUrl,
  };
}

function toIdentity(given: Given, auth: AppAuth): ProjectOptions['identity'] {
  const { 'project-name': projectName, 'app-uid': appUid } = given;
  if (projectName === undefined && appUid === undefined) return undefined;
  const ours = newIdentity(auth, given.stage);
  return { auth, projectName: projectName ?? ours.projectName, appUid: appUid ?? ours.appUid };
}
