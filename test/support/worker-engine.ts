import type { Server } from 'node:http';
import { createEngine } from '../../local/dynamodb-engine.ts';
import { rememberConditions } from './parsed-conditions.ts';

rememberConditions();

/** An engine whose code belongs to the worker, so that it is compiled once for all of its test files (environment.ts). */
export const createWorkerEngine = (): Server => createEngine();
