import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../local/page/chromium.ts';

const executablePath = findChromium(process.env.CHROMIUM_PATH);

/** Tests in a real browser. What is skipped for lack of one, the reporter says at the end of the run. */
export const describeInBrowser = executablePath === undefined ? describe.skip : describe;

export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('there is no Chromium on this machine');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
