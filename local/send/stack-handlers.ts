import * as z from 'zod/mini';
import { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { nearest } from '../command/nearest.ts';
import { listFunctionNames } from '../doctor/deployment.ts';
import { actionLabels } from '../history-labels.ts';
import { invokeLocally } from '../local-refresh.ts';
import { ControlError, type ControlHandlers } from '../running/control-server.ts';
import { createWorkflowEngine } from '../simulator/workflow-engine.ts';
import type { LocalStack } from '../stack.ts';
import { type EnrollDeps, enroll } from './enroll.ts';
import type { ExecutionRecorder } from './execution-recorder.ts';
import { namedPeople } from './named-people.ts';
import { fillExecution, savedExecution } from './saved-execution.ts';

const sendRequest = z.object({
  action: z.enum(['set', 'find']),
  recordType: z.string(),
  recordId: z.optional(z.string()),
  inputFields: z.record(z.string(), z.string()),
  workflowId: z.optional(z.number()),
});
const invokeRequest = z.object({ functionName: z.string(), event: z.looseObject({}) });

/** What a stack of `npm start` does for `npm run send`, `record`, `replay` and `invoke`. */
export function createStackHandlers(
  projectDir: string,
  stack: LocalStack,
  recorder: ExecutionRecorder,
  now: () => number = Date.now,
): ControlHandlers {
  const { simulation, environment, url, lambdaUrl } = stack;
  let lastId = 0;
  const newEnrollmentId = () => {
    // The ledger of a table that outlives the stack knows the executions of earlier ones.
    lastId = Math.max(lastId + 1, now());
    return lastId;
  };

  function open(): EnrollDeps & { readonly people: ReturnType<typeof namedPeople> } {
    if (simulation === undefined) {
      throw new ControlError(
        'This stack uses a real HubSpot. Enroll a record there, or start a stack with the simulator.',
      );
    }
    const { state } = simulation.simulator;
    const engine = createWorkflowEngine({
      state,
      clientSecret: environment.HUBSPOT_CLIENT_SECRET ?? '',
      actionBaseUrl: url,
      signedBaseUrl: environment.PUBLIC_BASE_URL ?? url,
      // As documented. An account that once sent v3 may no longer send v2, which the printed curl line does.
      signatures: 'v2',
      labels: actionLabels([SET_OWNER_BY_EMAIL, FIND_OWNER_BY_EMAIL]),
    });
    return { state, engine, newEnrollmentId, people: namedPeople(simulation.people) };
  }

  return {
    async send(input) {
      const deps = open();
      const request = sendRequest.parse(input);
      return enroll(deps, { ...request, inputFields: withOwnerId(request.inputFields, deps.people) });
    },
    async replay(input) {
      const deps = open();
      const { jane, omar, desk } = deps.people;
      const others = [jane, omar, desk].filter((person) => person !== undefined);
      return enroll(deps, fillExecution(savedExecution.parse(input), deps.people, others));
    },
    async executions() {
      return { format: 1, executions: recorder.saved() };
    },
    async invoke(input) {
      const { functionName, event } = invokeRequest.parse(input);
      const names = listFunctionNames(projectDir);
      if (!names.includes(functionName)) {
        const meant = nearest(functionName, names);
        const hint = meant === undefined ? `Choose one of ${names.join(', ')}` : `Did you mean ${meant}?`;
        throw new ControlError(`There is no function ${functionName}. ${hint}`);
      }
      return { answer: await invokeLocally(lambdaUrl, functionName)(event) };
    },
  };
}

/** HubSpot's owner picker sends an owner ID; a person types an email. */
function withOwnerId(inputFields: Readonly<Record<string, string>>, people: ReturnType<typeof namedPeople>) {
  const { fallbackOwner } = inputFields;
  if (fallbackOwner === undefined || /^\d+$/.test(fallbackOwner)) return inputFields;
  const owner = Object.values(people).find(({ email }) => email === fallbackOwner.toLowerCase());
  if (owner === undefined) throw new ControlError(`No owner of the simulator has the email ${fallbackOwner}`);
  return { ...inputFields, fallbackOwner: owner.id };
}
