import { createHandler as createExplainOwnerHandler } from '../../functions/explain-owner.ts';
import { createHandler as createResolveOwnersHandler } from '../../functions/resolve-owners.ts';
import { makeContext } from './http-events.ts';
import type { Service } from './service.ts';

export type Explained = Extract<
  Awaited<ReturnType<ReturnType<typeof createExplainOwnerHandler>>>,
  { readonly matches: unknown }
>;
export type Reported = Exclude<Awaited<ReturnType<ReturnType<typeof createExplainOwnerHandler>>>, Explained>;

const TIMEOUT_MS = 30_000;

/** What an operator's `sls invoke -f explainOwner --data` does. */
export async function invokeExplainOwner({ telemetry, operators }: Service, data: unknown) {
  return createExplainOwnerHandler(telemetry, async () => operators)(data, makeContext(TIMEOUT_MS));
}

export async function explain(service: Service, data: object): Promise<Explained> {
  const answer = await invokeExplainOwner(service, data);
  if (!('matches' in answer)) throw new Error('a report was answered');
  return answer;
}

export async function readReport(service: Service, portalId: number): Promise<Reported['report']> {
  const answer = await invokeExplainOwner(service, { portalId, report: true });
  if (!('report' in answer)) throw new Error('an explanation was answered');
  return answer.report;
}

/** What a service of the customer's own does through the AWS SDK. */
export async function invokeResolveOwners({ telemetry, operators }: Service, data: unknown, remainingMs = TIMEOUT_MS) {
  return createResolveOwnersHandler(telemetry, async () => operators)(data, makeContext(remainingMs));
}
