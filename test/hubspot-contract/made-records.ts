import type { Answer, Api } from './api.ts';
import { NotRun } from './observation.ts';
import { asObject } from './words.ts';

export const OBJECTS = '/crm/objects/2026-09';

/** By this people find what a run left behind, should it have been killed. */
const MARKER = 'Contract test';

type RecordType = 'contacts' | 'companies';

export type MadeRecords = {
  /** Makes a record without an owner, and answers its id. */
  make(type?: RecordType): Promise<string>;
  pathOf(id: string, type?: RecordType): string;
  remove(id: string): Promise<void>;
  /** Two records that were merged. Made once. */
  merged(): Promise<{ readonly oldId: string; readonly survivorId: string }>;
  /** Deletes what was made. Answers one line for each record that is still there. */
  removeAll(): Promise<readonly string[]>;
};

/** The records of one run. They belong to nobody, and their emails are at example.com. */
export function makeRecords({ api, runId }: { readonly api: Api; readonly runId: string }): MadeRecords {
  const made = new Map<string, RecordType>();
  let count = 0;
  let merged: Promise<{ oldId: string; survivorId: string }> | undefined;
  const pathOf = (id: string, type: RecordType = 'contacts') => `${OBJECTS}/${type}/${id}`;

  async function make(type: RecordType = 'contacts'): Promise<string> {
    count += 1;
    const name = `${MARKER} ${runId}-${count}`;
    const person = { email: `contract-test-${runId}-${count}@example.com`, lastname: name };
    const properties = type === 'contacts' ? person : { name };
    const answer = await api.post(`${OBJECTS}/${type}`, { properties });
    const { id } = asObject(answer.json);
    if (answer.status === 403) throw new NotRun(`needs the scopes crm.objects.${type}.read and .write`);
    if (answer.status !== 201 || typeof id !== 'string') throw new Error(`HubSpot created no record: ${answer.status}`);
    made.set(id, type);
    return id;
  }

  async function merge(): Promise<{ oldId: string; survivorId: string }> {
    const [primaryObjectId, objectIdToMerge] = [await make(), await make()];
    const answer = await api.post(`${OBJECTS}/contacts/merge`, { primaryObjectId, objectIdToMerge });
    const { id } = asObject(answer.json);
    if (answer.status !== 200 || typeof id !== 'string')
      throw new NotRun(`needs a merge, which HubSpot answered with ${answer.status}`);
    // The survivor may be a third record.
    made.set(id, 'contacts');
    return { survivorId: id, oldId: id === objectIdToMerge ? primaryObjectId : objectIdToMerge };
  }

  async function remove(id: string): Promise<void> {
    const answer = await api.delete(pathOf(id, made.get(id)));
    if (!isGone(answer)) throw new Error(`HubSpot answered ${answer.status}`);
    made.delete(id);
  }

  return {
    make,
    pathOf,
    remove,
    merged() {
      merged ??= merge();
      return merged;
    },
    async removeAll() {
      const left: string[] = [];
      for (const [id, type] of [...made]) {
        const fault = await remove(id).then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? error.message : 'unknown fault'),
        );
        if (fault !== undefined) left.push(`${type} ${id} could not be deleted: ${fault}`);
      }
      return left;
    },
  };
}

/** A record that was merged away is gone already. */
function isGone({ status }: Answer): boolean {
  return status === 204 || status === 404;
}
