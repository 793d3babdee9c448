import { describeFault, NOT_SIGNED_IN } from '../describe-fault.ts';
import { knownFaultOf } from '../network-fault.ts';

/** One line of the doctor's report. `detail` says what was found, or what is wrong and how to fix it; never a secret. */
export type Finding = {
  /** `wrong` fails the whole run; `skipped` could not be checked here, or is a choice that has a cost. */
  readonly verdict: 'good' | 'wrong' | 'skipped';
  readonly subject: string;
  readonly detail: string;
};

export const good = (subject: string, detail: string): Finding => ({ verdict: 'good', subject, detail });
export const wrong = (subject: string, detail: string): Finding => ({ verdict: 'wrong', subject, detail });
export const skipped = (subject: string, detail: string): Finding => ({ verdict: 'skipped', subject, detail });

const MARKS = { good: '✓', wrong: '✗', skipped: '–' } as const;

export function formatFinding({ verdict, subject, detail }: Finding): string {
  return `${MARKS[verdict]} ${subject}: ${detail}`;
}

export function summarize(findings: readonly Finding[]): { readonly line: string; readonly exitCode: 0 | 1 } {
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  const line = `${count('good')} good, ${count('wrong')} to fix, ${count('skipped')} not checked or by choice`;
  return { line, exitCode: count('wrong') === 0 ? 0 : 1 };
}

/**
 * Runs a check. If the check itself fails, that is a finding, so that the rest is still reported. Only the kind of the error and
 * AWS's own text are shown: other messages may quote the request.
 */
export async function attempt(
  subject: string,
  check: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [wrong(subject, `could not be checked: ${describe(error)}`)];
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (NOT_SIGNED_IN.test(error.name) || knownFaultOf(error) !== undefined) return describeFault(error);
  if (error.name.startsWith('AccessDenied'))
    return `${error.name}; your AWS credentials must allow it (docs/deploy.md)`;
  // The SDK's error, which has no code.
  if (error.message === 'Region is missing') return 'no region is given; --region, or AWS_REGION';
  const { code } = Object(error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}
