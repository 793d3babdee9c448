import { existsSync } from 'node:fs';

/** Where systems usually put it. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Chromium on this machine: where CHROMIUM_PATH says, and nowhere else if it says something. */
export function findChromium(
  given: string | undefined,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  return (given ? [given] : PLACES).find(exists);
}
