import type { RecordRefusal } from '../../lib/domain/outcome.ts';
import type { CrmRecords } from '../../lib/ports/hubspot.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeCrmRecords = CrmRecords & {
  readonly outage: Outage;
  /** Property values by name, of the one record there is. */
  readonly values: Map<string, string>;
  /** Every call in words: `write hubspot_owner_id=410000001`, `read hubspot_owner_id`. */
  readonly calls: string[];
  /** When the owner was set, as HubSpot says it. */
  changedAtEpochMs: number;
  /** Refusals for the next writes, in order. */
  readonly refusals: RecordRefusal[];
};

export function createFakeCrmRecords(initial: Readonly<Record<string, string>> = {}): FakeCrmRecords {
  const values = new Map(Object.entries(initial));
  const calls: string[] = [];
  const refusals: RecordRefusal[] = [];
  const outage = makeOutage();
  const fake: FakeCrmRecords = {
    outage,
    changedAtEpochMs: Number.NEGATIVE_INFINITY,
    values,
    calls,
    refusals,
    async writeOwner({ property }, value) {
      calls.push(`write ${property}=${value}`);
      outage.check();
      const refusal = refusals.shift();
      if (refusal !== undefined) return refusal;
      values.set(property, value);
      return { kind: 'written' };
    },
    async readOwner({ property }, _deadline, { withHistory } = {}) {
      calls.push(`read ${property}${withHistory ? ' with its history' : ''}`);
      outage.check();
      const { changedAtEpochMs } = fake;
      const value = values.get(property) ?? '';
      return refusals.shift() ?? { kind: 'read', value, changedAtEpochMs, updatedAtEpochMs: changedAtEpochMs };
    },
  };
  return fake;
}
