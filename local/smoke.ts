import { checkDeployment } from './check-deployment.ts';
import { print, printError } from './output.ts';

/** Checks a deployed service from outside: `PUBLIC_BASE_URL=… HUBSPOT_CLIENT_SECRET=… HUBSPOT_PORTAL_ID=… npm run smoke`. */
const [publicBaseUrl, clientSecret, portalId] = ['PUBLIC_BASE_URL', 'HUBSPOT_CLIENT_SECRET', 'HUBSPOT_PORTAL_ID'].map(
  (name) => process.env[name],
);
if (!publicBaseUrl || !clientSecret || !portalId) {
  printError('PUBLIC_BASE_URL, HUBSPOT_CLIENT_SECRET and HUBSPOT_PORTAL_ID are needed');
  process.exitCode = 2;
} else {
  const checks = await checkDeployment({ publicBaseUrl, clientSecret, portalId, now: Date.now });
  for (const { what, isGood, hint } of checks)
    print(`${isGood ? 'good' : 'BAD '}  ${what}${isGood ? '' : ` (${hint})`}`);
  process.exitCode = checks.every(({ isGood }) => isGood) ? 0 : 1;
}
