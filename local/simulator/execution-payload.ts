import { typeIdOfExecution } from './object-types.ts';
import { findRecord, getObjectType, type SimulatorState } from './state.ts';
import type { WorkflowAction } from './workflow-action.ts';

/** One record arriving at one action of a workflow. */
export type Enrollment = {
  readonly portalId: number;
  /** `CONTACT`, `COMPANY`, … or a type id for other types. */
  readonly objectType: string;
  readonly objectId: string;
  readonly inputFields: Readonly<Record<string, string>>;
  readonly enrollmentId?: number;
  readonly workflowId?: number;
  readonly actionId?: number;
  readonly actionExecutionIndex?: number;
  /** Leaves `object.properties` out, which was reported once (developer forum 2023-04, read 2026-11-23). */
  readonly omitProperties?: boolean;
};

const ACTION_DEFINITION_ID = 61_000_001;
const ACTION_DEFINITION_VERSION = 3;
const DEFAULT_WORKFLOW_ID = 62_000_001;
const DEFAULT_ACTION_ID = 7;

/** Every requested property is a key, `''` when the record has no value or is gone. */
function requestedProperties(
  state: SimulatorState,
  action: WorkflowAction,
  enrollment: Enrollment,
): Record<string, string> {
  const type = getObjectType(state, enrollment.portalId, typeIdOfExecution(enrollment.objectType));
  const record = findRecord(type, enrollment.objectId);
  return Object.fromEntries(action.requestedProperties.map((name) => [name, record?.properties.get(name) ?? '']));
}

/** The body of an execution, as captured in May 2026 (custom workflow actions guide, read 2026-11-23). */
export function buildExecutionPayload(
  state: SimulatorState,
  action: WorkflowAction,
  enrollment: Enrollment,
  enrollmentId: number,
) {
  const { portalId, objectType, inputFields, actionId = DEFAULT_ACTION_ID, actionExecutionIndex = 0 } = enrollment;
  const sendsProperties = action.requestedProperties.length > 0 && enrollment.omitProperties !== true;
  return {
    callbackId: `ap-${portalId}-${enrollmentId}-${actionId}-${actionExecutionIndex}`,
    origin: {
      portalId,
      actionDefinitionId: ACTION_DEFINITION_ID,
      actionDefinitionVersion: ACTION_DEFINITION_VERSION,
      actionExecutionIndexIdentifier: { enrollmentId, actionExecutionIndex },
      extensionDefinitionId: ACTION_DEFINITION_ID,
      extensionDefinitionVersionId: ACTION_DEFINITION_VERSION,
    },
    context: { source: 'WORKFLOWS', workflowId: enrollment.workflowId ?? DEFAULT_WORKFLOW_ID, actionId },
    object: {
      objectId: Number(enrollment.objectId),
      objectType,
      ...(sendsProperties ? { properties: requestedProperties(state, action, enrollment) } : {}),
    },
    fields: inputFields,
    inputFields,
    typedInputs: Object.fromEntries(
      Object.entries(inputFields).map(([name, value]) => [name, { value, type: 'STRING' }]),
    ),
  };
}
