import { setTimeout as delay } from 'node:timers/promises';
import { readCommand } from '../../local/command/command-line.ts';
import { print, printError } from '../../local/output.ts';
import { runContract } from './run-contract.ts';

readCommand({
  script: 'contract',
  does:
    'Compares a HubSpot test account with what the app relies on. HUBSPOT_ACCESS_TOKEN opens it; the checks of OAuth need ' +
    'HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN.',
  flags: {
    portal: { type: 'string', value: 'ID', means: 'the ID of the test account, so that no other one is changed' },
    patience: {
      type: 'string',
      value: 'SECONDS',
      means: 'how long to wait for what HubSpot computes later; default: 5',
    },
    'spend-limit': { type: 'boolean', means: 'also provoke a 429' },
  },
  examples: ['HUBSPOT_ACCESS_TOKEN=… npm run contract -- --portal 12345678'],
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
  process.exitCode = await runContract({
    args: process.argv.slice(2),
    environment: process.env,
    print,
    printError,
    sleep: (ms) => delay(ms),
    stop: stop.signal,
  });
} catch (error) {
  printError(error instanceof Error ? error.message : 'unknown fault');
  process.exitCode = 1;
}
