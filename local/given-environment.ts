import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { editDistance, nearest } from './command/nearest.ts';
import { readEnvFile } from './env-file.ts';
import { readText } from './read-text.ts';

/** Prefixes that no other program's variables have, so a name that is nearly ours is a typo. */
const OURS = /^(HUBSPOT_|LOCAL_TOKEN_|OWNER_MAX_AGE|ALLOW_V|INLINE_PORTAL|QUEUED_PORTAL)/;
/** A longer distance may be the variable of another program. */
const SLIP_DISTANCE = 2;
/** The SDK's and Node's own, which are passed on. */
const PASSED_ON = /^(AWS|NODE)_/;

/**
 * The developer's values, from the shell or from `.env`; the shell wins. Empty counts as absent.
 * @throws naming each unknown variable, because a misspelled one would be ignored
 */
export function readGivenEnvironment(projectDir: string): (name: string) => string | undefined {
  const read = (name: string) => readEnvFile(readText(join(projectDir, name), name), name);
  const known = Object.keys(read('.env.example'));
  const values = existsSync(join(projectDir, '.env')) ? read('.env') : {};
  const problems = findUnknown({ known, inFile: Object.keys(values), inShell: Object.keys(process.env) });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
  return (name) => process.env[name] || undefined;
}

/** One line for each unknown variable that was meant for the local stack. */
export function findUnknown({
  known,
  inFile,
  inShell,
}: Readonly<Record<'known' | 'inFile' | 'inShell', readonly string[]>>): readonly string[] {
  const strange = inFile.filter((name) => !known.includes(name) && !PASSED_ON.test(name));
  const slips = inShell.filter((name) => OURS.test(name) && !known.includes(name) && isSlip(name, known));
  return [...new Set([...strange, ...slips])].map((name) => {
    const meant = nearest(name, known);
    const hint = meant === undefined ? 'see .env.example for those that are' : `did you mean ${meant}?`;
    return `${name}: is not a variable of the local stack; ${hint}`;
  });
}

function isSlip(name: string, known: readonly string[]): boolean {
  return known.some((one) => editDistance(name, one) <= SLIP_DISTANCE);
}
