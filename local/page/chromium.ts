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

/**
 * Chromium 156 loads two pages of its own for the address bar of each window, also where nobody sees it. They cost more than the page that
 * is shown. The last list on the command line counts, so that this one repeats Playwright's (1.64.1).
 */
const DISABLED_FEATURES = [
  'WebUIOmniboxPopup,WebUIOmniboxAimPopup',
  'AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,DialMediaRouteProvider,GlobalMediaControls',
  'HttpsUpgrades,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning',
  'BlockOriginHeaderModificationOnRedirect,AvoidCorsURLLoaderRestartOnRedirect,Translate,AutoDeElevate',
  'OptimizationHints,NetworkTimeServiceQuerying,AimEnabled',
].join(',');

/** How every Chromium of this project starts. It opens pages of this machine only. */
export const CHROMIUM_ARGS: readonly string[] = ['--no-sandbox', `--disable-features=${DISABLED_FEATURES}`];
