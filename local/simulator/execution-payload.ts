import { inferObjectType } from './infer-object-type.ts';
import { typeIdOfExecution } from './object-types.ts';
import { findRecord, getObjectType, getPortal, type SimulatorState } from './state.ts';
import type { WorkflowAction } from './workflow-action.ts';

/** One record arriving at one action of a workflow. */
export type Enrollment = {
  readonly portalId: number;
  /** `CONTACT`, `COMPANY`, … or for other types a type id or the fully qualified name of a custom object. */
  readonly objectType: string;
  readonly objectId: string;
  readonly inputFields: Readonly<Record<string, string>>;
  readonly enrollmentId?: number;
  readonly workflowId?: number;
  readonly actionId?: number;
  readonly actionExecutionIndex?: number;
  /** Leaves `object.properties` out, which was reported once (developer forum 2023-04, read 2026-11-23). */
  readonly omitProperties?: boolean;
  /** An event-based workflow or an agent: the execution has no `object` at all (changelog 2025-11-24, read 2026-11-26). */
  readonly omitObject?: boolean;
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
  const { portalId, objectType } = enrollment;
  const named = inferObjectType(getPortal(state, portalId).objectTypes, objectType)?.typeId;
  const type = getObjectType(state, portalId, named ?? typeIdOfExecution(objectType));
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
  const { omitProperties = false, omitObject = false } = enrollment;
  const sendsProperties = action.requestedProperties.length > 0 && !omitProperties && !omitObject;
  const object = {
    objectId: Number(enrollment.objectId),
    objectType,
    ...(sendsProperties ? { properties: requestedProperties(state, action, enrollment) } : {}),
  };
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
    ...(omitObject ? {} : { object }),
    fields: inputFields,
    inputFields,
    typedInputs: Object.fromEntries(
      Object.entries(inputFields).map(([name, value]) => [name, { value, type: 'STRING' }]),
    ),
  };
}
