import type { Server } from 'node:http';
import dynalite from 'dynalite';
import db from 'dynalite/db/index.js';
import deleteItem from 'dynalite/validations/deleteItem.js';
import putItem from 'dynalite/validations/putItem.js';
import updateItem from 'dynalite/validations/updateItem.js';
import { refusePages } from './refuse-pages.ts';

const checkConditional = db.checkConditional;
for (const { types } of [deleteItem, putItem, updateItem]) {
  types.ReturnValuesOnConditionCheckFailure = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
}
db.checkConditional = (request, item) => {
  const refusal = checkConditional(request, item);
  if (refusal && item && request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD') refusal.body.Item = item;
  return refusal;
};

/**
 * Dynalite in memory. It lacks `ReturnValuesOnConditionCheckFailure`, with which DynamoDB returns the item whose condition failed
 * (API reference of UpdateItem, read 2026-11-27). Here it is added.
 */
export function createEngine(): Server {
  const engine = dynalite({ createTableMs: 0 });
  refusePages(engine);
  return engine;
}
