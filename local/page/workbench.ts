import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_OWNER_PROPERTY, SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { actionLabels } from '../history-labels.ts';
import { LOCAL_PORTAL_ID } from '../seed.ts';
import { describeOwner, findOrAdd, findType } from '../send/enroll.ts';
import type { Attempt } from '../simulator/deliver-execution.ts';
import { buildExecutionPayload } from '../simulator/execution-payload.ts';
import type { HubSpotSimulator } from '../simulator/hubspot-simulator.ts';
import { signatureHeaders } from '../simulator/sign.ts';
import { createWorkflowEngine } from '../simulator/workflow-engine.ts';
import type { EnrollForm, Run } from './desk-api.ts';
import { markLog } from './log-since.ts';

export type WorkbenchOptions = {
  readonly simulator: HubSpotSimulator;
  readonly clientSecret: string;
  readonly actionUrl: string;
  readonly publicUrl: string;
  readonly logFile: string;
  readonly now?: () => number;
};

export type Workbench = {
  /** Sends a record to the action. Its result appears in `runs`. */
  readonly enroll: (form: EnrollForm) => number;
  /** The newest first. */
  readonly runs: () => Promise<readonly Run[]>;
};

const KEPT_RUNS = 10;
/** One minute of HubSpot's back-off takes a second, because somebody is watching. */
const COMPRESSION = 60;
const MOST_LINES = 200;

type LiveRun = { -readonly [Key in Exclude<keyof Run, 'calls' | 'logLines'>]: Run[Key] } & {
  readonly readCalls: () => Run['calls'];
  readonly readLog: () => Promise<readonly string[]>;
  /** What was read at the end of the run. */
  ended?: Pick<Run, 'calls' | 'logLines'>;
};

export function createWorkbench(options: WorkbenchOptions): Workbench {
  const { simulator, clientSecret, actionUrl, publicUrl, logFile, now = Date.now } = options;
  const { state } = simulator;
  const runs: LiveRun[] = [];
  let lastId = 0;

  function newId(): number {
    // A table that outlives the stack knows the executions of earlier stacks.
    lastId = Math.max(lastId + 1, now());
    return lastId;
  }

  function enroll({ recordType, recordId, inputFields, delivery }: EnrollForm): number {
    const property = inputFields.ownerProperty || DEFAULT_OWNER_PROPERTY;
    const { objectType, typeId } = findType(state, recordType);
    const wanted = {
      action: 'set',
      recordType,
      recordId: recordId === '' ? undefined : recordId,
      inputFields,
    } as const;
    const { record } = findOrAdd(state, typeId, wanted, property);
    const ownerOf = () => describeOwner(state, record.properties.get(property) ?? '');
    const id = newId();
    const mark = simulator.calls.mark();
    const startedAt = now();
    const enrollment = { portalId: LOCAL_PORTAL_ID, objectType, objectId: record.id, inputFields, enrollmentId: id };
    const run: LiveRun = {
      id,
      title: `${recordType} ${record.id}`,
      status: 'sending',
      retryWaitsMs: [],
      attempts: [],
      state: '',
      historySentence: '',
      ownerBefore: ownerOf(),
      ownerAfter: ownerOf(),
      outputs: {},
      violations: [],
      curl: toCurl(JSON.stringify(buildExecutionPayload(state, SET_OWNER_BY_EMAIL, enrollment, id))),
      readCalls: () =>
        simulator.calls.since(mark).map(({ atEpochMs, method, path, status }) => ({
          afterMs: atEpochMs - startedAt,
          method,
          path,
          ...(status !== undefined && { status }),
        })),
      readLog: markLog(logFile),
    };
    runs.unshift(run);
    runs.length = Math.min(runs.length, KEPT_RUNS);
    void follow(run, enrollment, delivery, ownerOf);
    return id;
  }

  async function follow(
    run: LiveRun,
    enrollment: Parameters<ReturnType<typeof createWorkflowEngine>['execute']>[1],
    delivery: EnrollForm['delivery'],
    ownerOf: () => string,
  ): Promise<void> {
    const engine = createWorkflowEngine({
      state,
      clientSecret,
      actionBaseUrl: actionUrl,
      signedBaseUrl: publicUrl,
      // As documented. An account that once sent v3 may no longer send v2, which the curl line does.
      signatures: 'v2',
      labels: actionLabels([SET_OWNER_BY_EMAIL]),
      compression: COMPRESSION,
      sleep: async (ms) => {
        run.retryWaitsMs = [...run.retryWaitsMs, ms];
        await delay(ms);
      },
    });
    try {
      const report = await engine.execute(SET_OWNER_BY_EMAIL, enrollment, delivery);
      const { repeated } = report;
      run.attempts = [...report.attempts, ...(repeated?.attempts ?? [])].map(describeAttempt);
      if (report.completion !== undefined) run.status = 'queued';
      const end = (await report.completion) ?? report;
      run.state = 'state' in end ? end.state : end.finalState;
      run.historySentence = end.historySentence;
      run.outputs = Object.fromEntries(Object.entries(end.outputFields).map(([name, value]) => [name, String(value)]));
      run.violations = [...end.violations, ...(repeated?.violations ?? [])];
      run.status = 'done';
    } catch (error) {
      run.status = 'failed';
      run.historySentence = error instanceof Error ? error.message : String(error);
    }
    run.ownerAfter = ownerOf();
    run.ended = await readDetails(run);
  }

  function toCurl(body: string): string {
    const uri = `${publicUrl}${SET_OWNER_BY_EMAIL.route}`;
    const signed = signatureHeaders(clientSecret, { method: 'POST', uri, body }, now(), 'v2');
    const headers = Object.entries({ 'content-type': 'application/json', ...signed });
    const flags = headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`).join(' ');
    return `curl -sS ${actionUrl}${SET_OWNER_BY_EMAIL.route} ${flags} --data-binary ${quote(body)}`;
  }

  return {
    enroll,
    runs: () =>
      Promise.all(
        runs.map(async ({ readCalls, readLog, ended, ...run }) => ({
          ...run,
          ...(ended ?? (await readDetails({ readCalls, readLog }))),
        })),
      ),
  };
}

async function readDetails({ readCalls, readLog }: Pick<LiveRun, 'readCalls' | 'readLog'>) {
  return { calls: readCalls().slice(0, MOST_LINES), logLines: (await readLog()).slice(0, MOST_LINES) };
}

function describeAttempt({ status, failure, durationMs }: Attempt): string {
  return `${status ?? failure ?? 'no answer'} after ${durationMs} ms`;
}

/** For a shell: inside single quotes, no character has a special meaning. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
