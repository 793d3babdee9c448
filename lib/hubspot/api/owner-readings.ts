import type { OwnerReading } from '../../domain/held-owner.ts';
import { type ObjectId, parseObjectId } from '../../domain/ids.ts';
import { asJsonObject, isAbsent, isJsonObject } from '../../domain/json-object.ts';
import { STANDARD_OWNER_PROPERTY } from '../../domain/owner-property.ts';

/** Set by HubSpot when the standard owner property got its present owner (object APIs, read 2026-11-26). */
const ASSIGNED_DATE = 'hubspot_owner_assigneddate';

/** A record of HubSpot's object API, as far as one of its properties goes. */
export type ObjectRow = {
  readonly id: ObjectId;
  /** What the property holds; undefined when the answer does not name it. */
  readonly held: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly updatedAt: unknown;
  /** Empty where none came with the record; undefined where it is of no form that we know. */
  readonly history: readonly unknown[] | undefined;
};

/** The properties that say who the owner is and since when. */
export function ownerProperties(property: string): string[] {
  return property === STANDARD_OWNER_PROPERTY ? [property, ASSIGNED_DATE] : [property];
}

/** Undefined when it is no record, or the property's value is of a kind that no owner property has. */
export function parseRow(value: unknown, property: string): ObjectRow | undefined {
  const { id, properties, updatedAt, propertiesWithHistory } = asJsonObject(value);
  const objectId = parseObjectId(id);
  if (objectId === undefined || !isJsonObject(properties)) return undefined;
  const held = Object.hasOwn(properties, property) ? (properties[property] ?? '') : undefined;
  if (held !== undefined && typeof held !== 'string' && typeof held !== 'number') return undefined;
  const histories = isAbsent(propertiesWithHistory) ? {} : propertiesWithHistory;
  const history = isJsonObject(histories) ? (histories[property] ?? []) : undefined;
  return {
    id: objectId,
    held: held === undefined ? undefined : String(held),
    properties,
    updatedAt,
    history: Array.isArray(history) ? history : undefined,
  };
}

/**
 * What the record says of its owner. The assigned date is about an owner who is there, not about one who was cleared: whether
 * HubSpot empties it then is not documented. The history covers both: a value that was cleared is a version of it. Whether a value
 * that was never set has an empty history or none is not documented, either.
 * @param hasHistory whether HubSpot was asked for it
 */
export function toOwnerReading(row: ObjectRow, property: string, hasHistory: boolean): OwnerReading {
  const { held: value = '', properties, updatedAt } = row;
  const history = hasHistory ? row.history : undefined;
  const assignedAt =
    property === STANDARD_OWNER_PROPERTY && value !== '' ? toEpochMs(properties[ASSIGNED_DATE]) : undefined;
  // A value that is there without a version of it was not set: the record says so in no way that we know.
  const neverSet = history?.length === 0 && value === '' ? Number.NEGATIVE_INFINITY : undefined;
  const changedAt = history === undefined ? undefined : (lastChange(history, value) ?? neverSet);
  return { value, changedAtEpochMs: assignedAt ?? changedAt, updatedAtEpochMs: toEpochMs(updatedAt) };
}

/** Undefined when the newest version is of another value: then the newest is not there. */
function lastChange(history: readonly unknown[], held: string): number | undefined {
  const versions = history.map(asJsonObject).flatMap(({ timestamp, value = held }) => {
    const atEpochMs = toEpochMs(timestamp);
    return atEpochMs === undefined ? [] : [{ atEpochMs, value: String(value ?? '') }];
  });
  const newest = Math.max(...versions.map(({ atEpochMs }) => atEpochMs));
  return versions.some(({ atEpochMs, value }) => atEpochMs === newest && value === held) ? newest : undefined;
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** HubSpot writes times as ISO 8601, and in older places as milliseconds. A day alone would be hours before the change. */
function toEpochMs(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value);
  const epochMs = /^\d{12,14}$/.test(text) ? Number(text) : ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
