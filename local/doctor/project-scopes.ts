import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asJsonObject, type JsonObject, parseJson } from '../../lib/domain/json-object.ts';

/** Projects that were written for a stage, and the repository's. */
const STAGES = '.hubspot-project';
const TEMPLATE = 'hubspot';
const ACTION = 'src/app/workflow-actions/set-owner-by-email-hsmeta.json';
const APP = 'src/app/app-hsmeta.json';

/** The scopes that the static project for this address requires; undefined where none on this disk is for it. */
export function findRequiredScopes(root: string, publicBaseUrl: string): ReadonlySet<string> | undefined {
  const stages = existsSync(join(root, STAGES)) ? readdirSync(join(root, STAGES)) : [];
  for (const folder of [...stages.map((stage) => join(root, STAGES, stage)), join(root, TEMPLATE)]) {
    const { actionUrl } = readConfig(folder, ACTION);
    const { type, requiredScopes } = asJsonObject(readConfig(folder, APP).auth);
    const isForAddress = typeof actionUrl === 'string' && actionUrl.startsWith(`${publicBaseUrl}/`);
    if (isForAddress && type === 'static' && Array.isArray(requiredScopes)) return new Set(requiredScopes.map(String));
  }
  return undefined;
}

function readConfig(folder: string, file: string): JsonObject {
  const path = join(folder, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return asJsonObject(asJsonObject(parseJson(text)).config);
}
