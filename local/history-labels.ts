import type { FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { LANGUAGES, toActionLabels } from '../lib/action/labels.ts';
import type { ActionLabels } from './simulator/workflow-action.ts';

type Definition = typeof SET_OWNER_BY_EMAIL | typeof FIND_OWNER_BY_EMAIL;

/** The texts of our actions as HubSpot has them after an upload, by the action's `uid`. */
export function actionLabels(actions: readonly Definition[]): Record<string, ActionLabels> {
  return Object.fromEntries(
    actions.map((action) => {
      const key = action.uid === 'set_owner_by_email' ? 'setOwner' : 'findOwner';
      return [action.uid, { en: toActionLabels(LANGUAGES.en, key, action.inputFields) }];
    }),
  );
}
