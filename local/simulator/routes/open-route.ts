import type { Reply } from '../replies.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { SimulatorState } from '../state.ts';
import type { Route } from './route.ts';

export type OpenRequest = {
  readonly state: SimulatorState;
  readonly settings: Readonly<SimulatorSettings>;
  readonly query: ReadonlyMap<string, string>;
  readonly contentType: string;
  readonly body: string;
  /** Records what no correct client does, without values of the request. */
  readonly report: (violation: string) => void;
};

/** A route without a bearer token: the form identifies the caller, or it is a person with a browser. */
export type OpenRoute = Pick<Route, 'name' | 'method' | 'template' | 'queryParameters'> & {
  readonly handleOpen: (request: OpenRequest) => Reply;
  /** The account that the call is about, for the call log and for faults; undefined when it names none. */
  readonly findPortalId?: (request: OpenRequest) => number | undefined;
};

export type AnyRoute = Route | OpenRoute;
