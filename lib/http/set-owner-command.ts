import { DEFAULT_OWNER_PROPERTY } from '../action/definition.ts';
import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../domain/assignment.ts';
import type { Moment, SetOwnerCommand } from '../domain/execution.ts';
import { parseObjectId, parseObjectType } from '../domain/ids.ts';
import { type ActionResult, failed } from '../domain/outcome.ts';
import { ALL_OWNERS_PROPERTY } from '../domain/owner-property.ts';
import type { Execution } from './parse-execution.ts';

export type SetOwnerReading =
  | { readonly kind: 'command'; readonly command: Omit<SetOwnerCommand, keyof Moment> }
  /** The workflow asked for something impossible. This is the answer, and nothing is looked up. */
  | { readonly kind: 'refused'; readonly result: ActionResult };

/** HubSpot's internal property names. Also keeps `__proto__` and similar names out of our objects. */
const PROPERTY_NAME = /^[a-z0-9][a-z0-9_-]{0,254}$/i;

export function readSetOwnerCommand(execution: Execution): SetOwnerReading {
  const { portalId, record, input } = execution;
  // Without an ID of its own, an old execution may look like a first delivery.
  const properties = execution.hasStableId ? execution.properties : {};
  const [unreadable] = execution.unreadableInputs;
  if (unreadable !== undefined) return invalid(unreadable);

  if (record === undefined) return { kind: 'refused', result: failed('RECORD_MISSING') };
  const objectId = parseObjectId(record.objectId);
  if (objectId === undefined) return invalid('objectId');
  const objectType = parseObjectType(record.objectType);
  if (objectType === undefined) return { kind: 'refused', result: failed('RECORD_TYPE_UNSUPPORTED') };

  const ownerProperty = input('ownerProperty').trim() || DEFAULT_OWNER_PROPERTY;
  if (!PROPERTY_NAME.test(ownerProperty) || ownerProperty === ALL_OWNERS_PROPERTY) return invalid('ownerProperty');
  const overwrite = oneOf(OVERWRITE, input('overwrite'));
  if (overwrite === undefined) return invalid('overwrite');
  const ifNotAssignable = oneOf(IF_NOT_ASSIGNABLE, input('ifNotAssignable'));
  if (ifNotAssignable === undefined) return invalid('ifNotAssignable');

  return {
    kind: 'command',
    command: {
      portalId,
      workflowId: execution.workflowId,
      record: { objectType, objectId },
      ownerEmail: input('ownerEmail'),
      ownerProperty,
      overwrite,
      ifNotAssignable,
      fallbackOwner: input('fallbackOwner'),
      currentValue: currentValue(properties, ownerProperty),
    },
  };
}

/** Undefined if the property is absent; null and empty both mean that the record has no owner. */
function currentValue(properties: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (!Object.hasOwn(properties, name)) return undefined;
  const value = properties[name] ?? '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The first option is the default for an empty input. */
function oneOf<Option extends string>(options: readonly Option[], input: string): Option | undefined {
  const text = input.trim();
  return text === '' ? options[0] : options.find((option) => option === text);
}

function invalid(subject: string): SetOwnerReading {
  return { kind: 'refused', result: failed('INPUT_INVALID', { subject }) };
}
