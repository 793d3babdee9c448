import { parsePortalId } from '../lib/domain/ids.ts';
import { checkDeployment } from './check-deployment.ts';
import { readCommand } from './command/command-line.ts';
import { PORT_FLAG, useStack } from './command/stack-command.ts';
import { print, printError } from './output.ts';
import { readEnvironment } from './running/running-stacks.ts';

const NEEDED = ['PUBLIC_BASE_URL', 'HUBSPOT_CLIENT_SECRET', 'HUBSPOT_PORTAL_ID'] as const;

const { flags } = readCommand({
  script: 'smoke',
  does: 'Asks the local stack, or a deployment, what HubSpot would ask it. Writes nothing to a record.',
  flags: PORT_FLAG,
  examples: ['npm run smoke', `${NEEDED.map((name) => `${name}=…`).join(' ')} npm run smoke`],
});

// As the functions read them: a copying mistake such as a line break at the end does not matter.
const given = Object.fromEntries(NEEDED.map((name) => [name, (process.env[name] ?? '').trim()]));
const missing = NEEDED.filter((name) => given[name] === '');
const problems = missing.length === 0 ? findProblems(given) : [];
if (problems.length > 0) {
  for (const problem of problems) printError(problem);
  process.exitCode = 2;
} else if (missing.length === 0) process.exitCode = await smoke(given);
else if (missing.length === NEEDED.length || flags.port !== undefined) {
  await useStack('smoke', flags.port, (stack) => {
    print(`The local stack on port ${stack.lock.port}`);
    return smoke(readEnvironment(stack));
  });
} else {
  printError(`Not given: ${missing.join(', ')}. A deployment needs all three; without any, the local stack is asked.`);
  process.exitCode = 2;
}

async function smoke(environment: Readonly<Record<string, string>>): Promise<0 | 1> {
  const { PUBLIC_BASE_URL: publicBaseUrl = '', HUBSPOT_CLIENT_SECRET: clientSecret = '' } = environment;
  const { HUBSPOT_PORTAL_ID: portalId = '' } = environment;
  const checks = await checkDeployment({ publicBaseUrl, clientSecret, portalId, now: Date.now });
  for (const { what, isGood, hint } of checks) print(`${isGood ? '✓' : '✗'} ${what}${isGood ? '' : `: ${hint}`}`);
  const bad = checks.filter(({ isGood }) => !isGood).length;
  print(
    bad === 0
      ? `All ${checks.length} answers are right`
      : `${bad} of ${checks.length} answers ${bad === 1 ? 'is' : 'are'} wrong`,
  );
  return bad === 0 ? 0 : 1;
}

/** Mistakes that would make every answer look wrong. Never a value, which may be the secret in the wrong variable. */
function findProblems({ PUBLIC_BASE_URL = '', HUBSPOT_PORTAL_ID }: Readonly<Record<string, string>>): string[] {
  const protocol = URL.parse(PUBLIC_BASE_URL)?.protocol ?? '';
  return [
    ...(/^https?:$/.test(protocol) ? [] : ['PUBLIC_BASE_URL: must be an address such as https://owner.example.com']),
    ...(parsePortalId(HUBSPOT_PORTAL_ID) === undefined ? ['HUBSPOT_PORTAL_ID: must be digits'] : []),
  ];
}
