import type { Check } from './check.ts';
import { accountChecks } from './checks/account.ts';
import { batchChecks } from './checks/batches.ts';
import { checksByHand } from './checks/by-hand.ts';
import { callbackChecks } from './checks/callbacks.ts';
import { errorChecks } from './checks/errors.ts';
import { historyChecks } from './checks/history.ts';
import { ownerEmailChecks } from './checks/owner-emails.ts';
import { ownerTimeChecks } from './checks/owner-times.ts';
import { ownerChecks } from './checks/owners.ts';
import { propertyChecks } from './checks/properties.ts';
import { recordChecks } from './checks/records.ts';
import { searchChecks } from './checks/search.ts';
import { tokenChecks } from './checks/tokens.ts';

const isLast = ({ id }: Check) => id === 'rate-limit-reply';

/** Everything that we rely on in HubSpot. What spends the rate limit comes after all other calls. */
export const CHECKS: readonly Check[] = [
  ...accountChecks.filter((check) => !isLast(check)),
  ...errorChecks,
  ...ownerChecks,
  ...ownerEmailChecks,
  ...recordChecks,
  ...batchChecks,
  ...searchChecks,
  ...ownerTimeChecks,
  ...historyChecks,
  ...propertyChecks,
  ...callbackChecks,
  ...tokenChecks,
  ...accountChecks.filter(isLast),
  ...checksByHand,
];
