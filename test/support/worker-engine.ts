import { createRequire } from 'node:module';
import db from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import '../../local/dynamodb-engine.ts';
import { rememberExpressions } from './parsed-expressions.ts';

rememberExpressions();

export type EngineAnswer = { readonly statusCode: number; readonly body: string };
/** Asks the engine for an operation of DynamoDB's API, with a body and an answer as they go over HTTP. */
export type AskEngine = (operation: string, body: string) => Promise<EngineAnswer>;

type Refusal = { readonly statusCode?: number; readonly body?: object };
type Validation = { readonly types: object; readonly custom?: object };
type Action = (store: object, data: object, callback: (error: Refusal | null, answer?: object) => void) => void;

const load = createRequire(import.meta.url);
const answer = (statusCode: number, body: object): EngineAnswer => ({ statusCode, body: JSON.stringify(body) });

/**
 * A DynamoDB engine of its own, whose code belongs to the worker: it is compiled once for all of its test files
 * (environment.ts). It is Dynalite without its HTTP server, which is a third of what a call costs: sockets, the shape of a
 * signature, a request ID.
 */
export function createWorkerEngine(): AskEngine {
  const store = db.create({ createTableMs: 0 });
  return async (operation, body) => {
    const name = validations.toLowerFirst(operation);
    const { types, custom } = load(`dynalite/validations/${name}`) as Validation;
    const act = load(`dynalite/actions/${name}`) as Action;
    try {
      const data = validations.checkTypes(JSON.parse(body) as object, types);
      validations.checkValidations(data, types, custom, store);
      return await new Promise((resolve, reject) => {
        act(store, data, (error, given = {}) => (error ? reject(error) : resolve(answer(200, given))));
      });
    } catch (error) {
      const { statusCode, body: refusal } = error as Refusal;
      if (statusCode === undefined || refusal === undefined) throw error;
      return answer(statusCode, refusal);
    }
  };
}
