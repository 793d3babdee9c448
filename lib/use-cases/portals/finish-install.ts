import type { Log, Metrics } from '../../ports/telemetry.ts';
import type { InstallCommand, InstallResult } from './install-portal.ts';

export type FinishInstallDeps = {
  readonly installPortal: (command: InstallCommand, deadlineEpochMs: number) => Promise<InstallResult>;
  readonly metrics: Metrics;
  readonly log: Log;
};

/** What HubSpot sent the browser back with. `state` is the verdict on it, and `Fault` why it was refused. */
export type InstallReturn<Fault extends string> = {
  readonly state: ({ readonly valid: true } & Omit<InstallCommand, 'code'>) | { valid: false; reason: Fault };
  readonly code: string | undefined;
  /** HubSpot's word for why there is no code, and its sentence. */
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
};

export type InstallEnd<Fault extends string> =
  | InstallResult
  /** `words` only where they certainly answer this install. */
  | { readonly kind: 'denied'; readonly error: string; readonly words: string | undefined }
  | { readonly kind: 'stateRefused'; readonly reason: Fault }
  | { readonly kind: 'codeMissing' };

/** How an install ended, as it is counted: one for each browser that came back. */
type CountedOutcome = 'connected' | 'denied' | 'state_refused' | 'code_refused' | 'failed';

/**
 * Decides what a person sees whom HubSpot sent back, connects the portal if everything is right, and counts how the install
 * ended. Nothing that came with the browser is believed before the state was verified.
 */
export function createFinishInstall({ installPortal, metrics, log }: FinishInstallDeps) {
  const count = (outcome: CountedOutcome) => metrics.count('PortalInstalls', { outcome });

  return async function finishInstall<Fault extends string>(
    back: InstallReturn<Fault>,
    deadlineEpochMs: number,
  ): Promise<InstallEnd<Fault>> {
    const { state, code, error, errorDescription } = back;
    if (error !== undefined) {
      // Anybody can open this address with an error of their own; HubSpot's comes with our state.
      count(state.valid ? 'denied' : 'state_refused');
      log.info('install denied', { isOurs: state.valid });
      return { kind: 'denied', error, words: state.valid ? errorDescription : undefined };
    }
    if (!state.valid) {
      count('state_refused');
      log.warn('install refused', { reason: state.reason });
      return { kind: 'stateRefused', reason: state.reason };
    }
    if (code === undefined) {
      count('code_refused');
      log.warn('install refused', { reason: 'code_missing' });
      return { kind: 'codeMissing' };
    }
    const { nonce, expiresAtEpochMs } = state;
    const result = await installPortal({ nonce, expiresAtEpochMs, code }, deadlineEpochMs).catch(countFailure);
    count(OUTCOMES[result.kind]);
    log.info('install ended', { outcome: result.kind });
    return result;
  };

  /** HubSpot, the table or our configuration did not do their part. */
  function countFailure(error: unknown): never {
    count('failed');
    throw error;
  }
}

const OUTCOMES: Readonly<Record<InstallResult['kind'], CountedOutcome>> = {
  connected: 'connected',
  stateUsed: 'state_refused',
  codeRefused: 'code_refused',
};
