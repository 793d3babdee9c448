import type { OwnerReading } from '../../domain/held-owner.ts';
import { type ObjectId, parseObjectId } from '../../domain/ids.ts';
import { asJsonObject, isAbsent, isJsonObject } from '../../domain/json-object.ts';
import { STANDARD_OWNER_PROPERTY } from '../../domain/owner-property.ts';

/** HubSpot sets it when the standard owner property gets its present owner (object APIs, read 2026-11-26). */
const ASSIGNED_DATE = 'hubspot_owner_assigneddate';

/** One property of a record of HubSpot's object API. */
export type ObjectRow = {
  /** The remaining record's ID, if the requested one was merged into it. */
  readonly id: ObjectId;
  /** The property's value; undefined if the answer does not contain it. */
  readonly held: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly updatedAt: unknown;
  /** Empty if the record came without a history; undefined if its form is unknown. */
  readonly history: readonly unknown[] | undefined;
};

/** The properties that contain the owner and the time of the assignment. */
export function ownerProperties(property: string): string[] {
  return property === STANDARD_OWNER_PROPERTY ? [property, ASSIGNED_DATE] : [property];
}

/** Undefined if it is not a record, or the value has a type that no owner property has. */
export function parseRow(value: unknown, property: string): ObjectRow | undefined {
  const { id, properties, updatedAt, propertiesWithHistory } = asJsonObject(value);
  if (!isJsonObject(properties)) return undefined;
  // HubSpot does not document which ID it answers with if the requested one is an old one. This property is the record's own.
  const objectId = parseObjectId(properties.hs_object_id) ?? parseObjectId(id);
  if (objectId === undefined) return undefined;
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
 * The owner of a record and when they were set. The assigned date only counts for a present owner: HubSpot does not document
 * whether it empties the date when the owner is cleared. The history covers both, because a cleared value is a version of it. It
 * is not documented either whether a property that was never set has an empty history or none.
 * @param hasHistory whether the history was requested
 */
export function toOwnerReading(row: ObjectRow, property: string, hasHistory: boolean): OwnerReading {
  const { held: value = '', properties, updatedAt } = row;
  const history = hasHistory ? row.history : undefined;
  const assignedAt =
    property === STANDARD_OWNER_PROPERTY && value !== '' ? toEpochMs(properties[ASSIGNED_DATE]) : undefined;
  // A value without a version in the history is not new: it was set in an unknown way.
  const neverSet = history?.length === 0 && value === '' ? Number.NEGATIVE_INFINITY : undefined;
  const versions = history === undefined ? [] : readVersions(history, value);
  return {
    value,
    ...(row.held === undefined && { isAbsent: true }),
    changedAtEpochMs: assignedAt ?? lastChange(versions, value) ?? neverSet,
    updatedAtEpochMs: toEpochMs(updatedAt),
    ...(history !== undefined && { sameBeforeEpochMs: sameBefore(versions, value) }),
  };
}

type Version = { readonly atEpochMs: number; readonly value: string };

function readVersions(history: readonly unknown[], held: string): Version[] {
  return history.map(asJsonObject).flatMap(({ timestamp, value = held }) => {
    const atEpochMs = toEpochMs(timestamp);
    return atEpochMs === undefined ? [] : [{ atEpochMs, value: String(value ?? '') }];
  });
}

/** Undefined if the newest version has another value, because then the newest version is missing. */
function lastChange(versions: readonly Version[], held: string): number | undefined {
  const newest = newestOf(versions);
  return versions.some(({ atEpochMs, value }) => atEpochMs === newest && value === held) ? newest : undefined;
}

function sameBefore(versions: readonly Version[], held: string): number {
  const other = newestOf(versions.filter(({ value }) => value !== held));
  return newestOf(versions.filter(({ atEpochMs, value }) => value === held && atEpochMs < other));
}

function newestOf(versions: readonly Version[]): number {
  return Math.max(...versions.map(({ atEpochMs }) => atEpochMs));
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** HubSpot writes times as ISO 8601, and in older places as milliseconds. A date without a time could be hours too early. */
function toEpochMs(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value);
  const epochMs = /^\d{12,14}$/.test(text) ? Number(text) : ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
