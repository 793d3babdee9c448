import type { Table } from '../../lib/store/table.ts';
import { tableOperations } from './describe-permissions.ts';

export type RoleGuard = {
  /** Refuses, as IAM would, whatever the role may not do with the table. */
  watch(table: Table): void;
  inRoleOf<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** All that was granted was needed, and all that was needed was granted. Begins anew. */
  expectNoneLeft(name: string): void;
};

export function createRoleGuard(): RoleGuard {
  const used = new Set<string>();
  /** Whose role the calls are made in; the test's own calls are made in none. */
  let role: string | undefined;
  return {
    watch({ client }) {
      client.middlewareStack.add(
        (next, { commandName = '' }) =>
          (args) => {
            const operation = commandName.replace('Command', '');
            if (role === undefined) return next(args);
            used.add(operation);
            if (tableOperations(role).includes(operation)) return next(args);
            throw Object.assign(new Error(`${role} may not ${operation}`), { name: 'AccessDeniedException' });
          },
        { step: 'initialize' },
      );
    },
    async inRoleOf(name, work) {
      role = name;
      return work().finally(() => {
        role = undefined;
      });
    },
    expectNoneLeft(name) {
      expect([name, [...used].sort()]).toEqual([name, tableOperations(name)]);
      used.clear();
    },
  };
}
