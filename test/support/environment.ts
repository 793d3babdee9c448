import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';
import type { WorkerEngines } from './embedded-table.ts';

type Arguments = ConstructorParameters<typeof TestEnvironment>;

/** Node loads it, not Jest: what one test file made of its code, the next one has. */
const loadEngine = () => require('./worker-engine.ts') as typeof import('./worker-engine.ts');

/**
 * Jest's environment, with globals that are looked up as in any program. In a sandbox that Node makes of an object, each look at
 * `Array` or `Object` goes through a proxy and costs a hundred times as much, which is a tenth of the work of a run.
 */
export default class Environment extends TestEnvironment {
  constructor(...given: Arguments) {
    const { createContext } = vm;
    // Jest has no option for it. It makes the context within its constructor, and works on whatever comes back.
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
    const engines: WorkerEngines = { createDynamoDb: () => loadEngine().createWorkerEngine() };
    this.global.workerEngines = engines;
  }
}
