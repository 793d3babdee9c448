import type { Deadline } from '../../domain/deadline.ts';
import type { Needs } from '../../ports/telemetry.ts';
import type { InstallCommand, InstallResult } from './install-portal.ts';

export type FinishInstallDeps = Needs<'metrics' | 'log'> & {
  readonly installPortal: (command: InstallCommand, deadline: Deadline) => Promise<InstallResult>;
};

/** The parameters that HubSpot sent with the browser. `state` is the result of its check, and `Fault` why it was refused. */
export type InstallReturn<Fault extends string> = {
  readonly state: ({ readonly valid: true } & Omit<InstallCommand, 'code'>) | { valid: false; reason: Fault };
  readonly code: string | undefined;
  /** HubSpot's error code if there is no authorization code, and its sentence. */
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
};

export type InstallEnd<Fault extends string> =
  | InstallResult
  /** `words` only if they certainly belong to this install. */
  | { readonly kind: 'denied'; readonly error: string; readonly words: string | undefined }
  | { readonly kind: 'stateRefused'; readonly reason: Fault }
  | { readonly kind: 'codeMissing' };

/** How an install ended, for the metric: one for each browser that returned. */
type CountedOutcome = 'connected' | 'denied' | 'state_refused' | 'code_refused' | 'failed';

/**
 * Decides what a returning person sees, connects the portal if everything is right, and counts the result. The browser's
 * parameters are not trusted before the state is verified.
 */
export function createFinishInstall({ installPortal, metrics, log }: FinishInstallDeps) {
  const count = (outcome: CountedOutcome) => metrics.count('PortalInstalls', { outcome });

  return async function finishInstall<Fault extends string>(
    back: InstallReturn<Fault>,
    deadline: Deadline,
  ): Promise<InstallEnd<Fault>> {
    const { state, code, error, errorDescription } = back;
    if (error !== undefined) {
      // Anybody can open this address with an error of their own. HubSpot's error comes with our state.
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
    const result = await installPortal({ nonce, expiresAtEpochMs, code }, deadline).catch(countFailure);
    count(OUTCOMES[result.kind]);
    log.info('install ended', { outcome: result.kind });
    return result;
  };

  /** HubSpot, the table or our configuration failed. */
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
