import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../../local/page/chromium.ts';

const executablePath = findChromium(process.env.CHROMIUM_PATH);

/** Tests in a real browser. What is skipped for lack of one, the reporter says at the end of the run. */
export const describeInBrowser = executablePath === undefined ? describe.skip : describe;

/**
 * Chromium starts a process for each site that a page goes to, and one ahead: most of what it does here. Which site a cookie belongs to
 * and what a policy lets in is decided the same in one process.
 */
const ONE_PROCESS_FOR_PAGES = ['--renderer-process-limit=1', '--disable-site-isolation-trials'];

export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('there is no Chromium on this machine');
  return chromium.launch({ executablePath, args: [...CHROMIUM_ARGS, ...ONE_PROCESS_FOR_PAGES] });
}
