import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import { APP_FEATURES, APP_OBJECTS, type AppPurpose, DEFAULT_PURPOSE } from '../../lib/domain/scopes.ts';
import { readConfigured } from './configured-project.ts';
import { type GenerateReport, generate } from './generate.ts';
import { type AppSupport, EXAMPLE_SUPPORT } from './hubspot-project.ts';

const USAGE = `usage: npm run hubspot:configure -- --base-url https://owner.example.com
  [--auth static|oauth] [--app-name "Owner by email"]
  [--objects ${APP_OBJECTS.join(',')}] [--features ${APP_FEATURES.join(',')}]  (static only)
  [--support-email you@example.com] [--documentation-url https://…] [--support-url https://…]`;

/** Fills the HubSpot project with an account's address, the app's name and the way it is installed; keeps what is not given. */
export function configure(root: string, args: readonly string[]): GenerateReport {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'base-url': { type: 'string' },
        'app-name': { type: 'string' },
        auth: { type: 'string' },
        objects: { type: 'string' },
        features: { type: 'string' },
        'support-email': { type: 'string' },
        'documentation-url': { type: 'string' },
        'support-url': { type: 'string' },
      },
    });
    if (Object.keys(values).length === 0) return fail(USAGE);
    const { 'base-url': publicBaseUrl, 'app-name': appName, auth } = values;
    const configured = readConfigured(root);
    const isStatic = (auth ?? configured.auth) !== 'oauth';
    if (!isStatic && (values.objects ?? values.features) !== undefined) {
      return fail(
        '--objects and --features are for --auth static: an OAuth app asks for everything, most of it optional',
      );
    }
    if (auth !== undefined && auth !== 'static' && auth !== 'oauth') return fail('--auth must be static or oauth');
    if (appName !== undefined && !/^\S.{0,62}\S$/u.test(appName)) return fail('--app-name must be 2 to 64 characters');
    return generate(root, {
      ...configured,
      ...(isStatic && { purpose: toPurpose(values, configured.purpose) }),
      support: toSupport(values, configured.support),
      ...(publicBaseUrl !== undefined && { publicBaseUrl: normalizeBaseUrl(publicBaseUrl) }),
      ...(appName !== undefined && { appName }),
      ...(auth !== undefined && { auth }),
      check: false,
    });
  } catch (error) {
    if (isMisuse(error)) return fail(`${error.message}\n${USAGE}`);
    throw error;
  }
}

type Given = Readonly<Record<string, string | undefined>>;

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

function toSupport(given: Given, configured: AppSupport = EXAMPLE_SUPPORT): AppSupport {
  const support = {
    supportEmail: given['support-email'] ?? configured.supportEmail,
    documentationUrl: given['documentation-url'] ?? configured.documentationUrl,
    supportUrl: given['support-url'] ?? configured.supportUrl,
  };
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(support.supportEmail))
    throw new TypeError('--support-email must be an email address');
  for (const [flag, url] of [
    ['--documentation-url', support.documentationUrl],
    ['--support-url', support.supportUrl],
  ] as const) {
    if (URL.parse(url)?.protocol !== 'https:') throw new TypeError(`${flag} must be an https:// address`);
  }
  return support;
}

/** An address that HubSpot would not call, or an option that `parseArgs` does not know. */
function isMisuse(error: unknown): error is Error {
  const { code } = Object(error) as { code?: unknown };
  return error instanceof TypeError || String(code).startsWith('ERR_PARSE_ARGS');
}

function fail(line: string): GenerateReport {
  return { lines: [line], exitCode: 1 };
}

const startedScript = process.argv[1];
if (startedScript !== undefined && basename(startedScript) === 'configure.ts') {
  const { lines, exitCode } = configure(resolve(dirname(startedScript), '../..'), process.argv.slice(2));
  const stream = exitCode === 0 ? process.stdout : process.stderr;
  stream.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}
