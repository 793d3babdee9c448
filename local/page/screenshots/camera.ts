import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright-core';
import { print } from '../../output.ts';
import { CHROMIUM_ARGS } from '../chromium.ts';

const FOLDER = 'docs/images';
/** The guides are read over slow lines, too. */
const MOST_BYTES = 170_000;

export type Camera = {
  readonly openPage: (size: { readonly width: number; readonly height: number }) => Promise<Page>;
  /** Writes `docs/images/<name>.png`. The style arranges the page for this one picture. */
  readonly take: (name: string, element: Locator, style?: string) => Promise<void>;
};

/** A browser that shows every page in the same way on every machine. */
export async function openCamera(
  executablePath: string,
  projectDir: string,
  onStop: (stop: () => Promise<void>) => void,
): Promise<Camera> {
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
  onStop(() => browser.close());
  mkdirSync(join(projectDir, FOLDER), { recursive: true });
  return {
    async openPage(viewport) {
      // The policy of a page forbids the style that arranges it for a picture.
      const look = { colorScheme: 'light', locale: 'en-US', timezoneId: 'UTC', bypassCSP: true } as const;
      const page = await browser.newPage({ viewport, ...look });
      page.setDefaultTimeout(60_000);
      return page;
    },
    async take(name, element, style = '') {
      const path = join(FOLDER, `${name}.png`);
      const file = join(projectDir, path);
      await element.screenshot({ path: file, animations: 'disabled', style });
      const { size } = statSync(file);
      if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes, and may have ${MOST_BYTES}`);
      print(`${path}: written`);
    },
  };
}
