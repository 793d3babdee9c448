import { setTimeout as delay } from 'node:timers/promises';
import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import type { Account, Scenario } from './scenario.ts';
import type { SeededPeople } from './seed.ts';
import type { Completion } from './simulator/execution-report.ts';
import type { HubSpotSimulator } from './simulator/hubspot-simulator.ts';
import { addRecord, readRecordProperty } from './simulator/seed-records.ts';
import { getObjectType, getPortal } from './simulator/state.ts';
import type { ExecutionReport, WorkflowEngine } from './simulator/workflow-engine.ts';

/** Far more than the queue takes. */
const COMPLETION_LIMIT_MS = 30_000;

/** One record of the demo, and what was wrong with it: an empty list if the CRM has what the answer claims. */
export type ScenarioResult = {
  readonly account: Account;
  readonly portalId: number;
  readonly record: string;
  readonly shows: string;
  readonly emailGiven: string;
  readonly outcome: string;
  readonly wasQueued: boolean;
  readonly errorCode: string;
  readonly ownerBefore: string;
  readonly ownerAfter: string;
  readonly ownerIdAfter: string;
  readonly historySentence: string;
  readonly hubspotCalls: number;
  readonly durationMs: number;
  readonly problems: readonly string[];
};

export type ScenarioDeps = {
  readonly simulator: HubSpotSimulator;
  /** Which portal of HubSpot each account of the scenarios is, and who works there. */
  readonly accounts: Readonly<Record<Account, { readonly portalId: number; readonly people: SeededPeople }>>;
  readonly engine: WorkflowEngine;
};

/** Enrolls one record and compares three things: the expectation, the action's answer, and the CRM. */
export async function runScenario(scenario: Scenario, deps: ScenarioDeps): Promise<ScenarioResult> {
  const { simulator, engine, accounts } = deps;
  const account = scenario.account ?? 'first';
  const { portalId, people } = accounts[account];
  const { state } = simulator;
  const { objectType = 'CONTACT', typeId = '0-1', property = 'hubspot_owner_id' } = scenario;
  const before = scenario.currentOwner === undefined ? '' : people[scenario.currentOwner].id;
  const record = addRecord(state, portalId, { typeId, properties: before === '' ? {} : { [property]: before } });
  if (scenario.recordIsGone === true) getObjectType(state, portalId, typeId).records.delete(record.id);
  scenario.faults?.(simulator.faults);

  const mark = simulator.calls.mark();
  const startedAt = performance.now();
  const inputFields = scenario.inputs(people);
  const report = await engine.execute(
    scenario.action === 'find' ? FIND_OWNER_BY_EMAIL : SET_OWNER_BY_EMAIL,
    { portalId, objectType, objectId: record.id, inputFields, enrollmentId: Date.now() },
    scenario.repetition,
  );
  const completion = await completionOf(report);
  const durationMs = Math.round(performance.now() - startedAt);

  const after =
    scenario.recordIsGone === true ? before : readRecordProperty(state, portalId, typeId, record.id, property);
  const { outputFields: outputs, historySentence, violations } = completion ?? report;
  const hubspotCalls = simulator.calls.since(mark);
  const writes = hubspotCalls.filter(({ route, status }) => route === 'PATCH object' && status === 200);
  return {
    account,
    portalId,
    record: `${objectType.toLowerCase()} ${record.id}`,
    shows: scenario.shows,
    emailGiven: inputFields.ownerEmail ?? '',
    outcome: String(outputs.outcome ?? report.finalState),
    wasQueued: completion !== undefined,
    errorCode: String(outputs.errorCode ?? ''),
    ownerBefore: nameOf(deps, portalId, before),
    ownerAfter: nameOf(deps, portalId, after),
    ownerIdAfter: after,
    historySentence,
    hubspotCalls: hubspotCalls.length,
    durationMs,
    problems: [
      ...differs('outcome', outputs.outcome, scenario.outcome),
      ...differs('error code', outputs.errorCode, scenario.errorCode ?? ''),
      ...differs('owner in the CRM', after, expectedOwner(scenario, deps, before)),
      ...(claimsOwner(scenario) ? differs('owner in the answer', outputs.ownerId, after) : []),
      ...(after === people.leaver.id && before !== after ? ['a deactivated owner was assigned'] : []),
      ...(writes.length > 1 ? [`${writes.length} writes for one execution`] : []),
      ...(report.repeated === undefined
        ? []
        : differs('second answer', JSON.stringify(report.repeated.outputFields), JSON.stringify(outputs))),
      ...differs('left to the queue', String(report.finalState === 'BLOCK'), String(scenario.isQueued === true)),
      ...violations,
      ...(report.repeated?.violations ?? []),
    ],
  };
}

function expectedOwner(
  { account = 'first', ownerAfter }: Scenario,
  { accounts, simulator }: ScenarioDeps,
  before: string,
): string {
  const { portalId, people } = accounts[account];
  if (ownerAfter === 'unchanged') return before;
  if (ownerAfter === 'somebody new') return [...getPortal(simulator.state, portalId).owners.keys()].at(-1) ?? '';
  return ownerAfter === 'nobody' ? '' : people[ownerAfter].id;
}

/** Outcomes whose `ownerId` says whom the record has now. */
function claimsOwner({ outcome }: Scenario): boolean {
  return ['ASSIGNED', 'ALREADY_ASSIGNED', 'KEPT_EXISTING', 'FALLBACK_ASSIGNED'].includes(outcome);
}

function nameOf({ simulator }: ScenarioDeps, portalId: number, ownerId: string): string {
  const owner = getPortal(simulator.state, portalId).owners.get(ownerId);
  if (owner === undefined) return ownerId === '' ? 'nobody' : 'an unknown owner';
  return [owner.firstName, owner.lastName].filter(Boolean).join(' ') || (owner.email ?? 'somebody without an email');
}

/** The result of a queued execution; undefined for one that was answered immediately. */
async function completionOf({ completion }: ExecutionReport): Promise<Completion | undefined> {
  if (completion === undefined) return undefined;
  const timer = new AbortController();
  const late = delay(COMPLETION_LIMIT_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([completion, late]);
  } finally {
    timer.abort();
  }
}

function differs(what: string, actual: unknown, expected: string): string[] {
  return actual === expected ? [] : [`${what}: expected "${expected}", got "${String(actual)}"`];
}
