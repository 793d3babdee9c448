import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import { readConfigured } from './configured-project.ts';
import { type GenerateReport, generate } from './generate.ts';

const USAGE =
  'usage: npm run hubspot:configure -- --base-url https://owner.example.com [--app-name "Owner by email"] [--auth static|oauth]';

/** Fills the HubSpot project with an account's address, the app's name and the way it is installed; keeps what is not given. */
export function configure(root: string, args: readonly string[]): GenerateReport {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'base-url': { type: 'string' }, 'app-name': { type: 'string' }, auth: { type: 'string' } },
    });
    const { 'base-url': publicBaseUrl, 'app-name': appName, auth } = values;
    if (publicBaseUrl === undefined && appName === undefined && auth === undefined) return fail(USAGE);
    if (auth !== undefined && auth !== 'static' && auth !== 'oauth') return fail('--auth must be static or oauth');
    if (appName !== undefined && !/^\S.{0,62}\S$/u.test(appName)) return fail('--app-name must be 2 to 64 characters');
    return generate(root, {
      ...readConfigured(root),
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
