import type { Ground } from './ground.ts';
import type { Observation } from './observation.ts';

type Common = {
  readonly id: string;
  /** What we rely on. */
  readonly title: string;
  /** Where HubSpot says so, and when it was read; `not documented` where it does not. */
  readonly source: string;
  /** Whatever of it is seen, the app does the right thing. */
  readonly accepts: readonly string[];
};

export type ObservedCheck = Common & { readonly observe: (ground: Ground) => Promise<Observation> };

/** HubSpot shows it only in a workflow, a project or an account that people set up. */
type CheckByHand = Common & { readonly byHand: string };

export type Check = ObservedCheck | CheckByHand;

export const NOT_DOCUMENTED = 'not documented';
