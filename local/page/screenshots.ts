import { readCommand } from '../command/command-line.ts';
import { readGivenEnvironment } from '../given-environment.ts';
import { printError } from '../output.ts';
import { runUntilStopped } from '../shutdown.ts';
import { startLocalStack } from '../stack.ts';
import { findChromium } from './chromium.ts';
import { type Camera, openCamera } from './screenshots/camera.ts';
import { takeDemoPicture } from './screenshots/demo-picture.ts';
import { takeInstallPictures } from './screenshots/install-pictures.ts';
import { takeRecipePictures } from './screenshots/recipe-pictures.ts';
import { takeSettingsPictures } from './screenshots/settings-pictures.ts';
import { startPage } from './start-page.ts';

const SETS = ['demo', 'install', 'settings', 'recipes'];

const { words } = readCommand({
  script: 'screenshots',
  does: 'Makes the pictures of the guides afresh, in docs/images/, from the demo and from pages on a local stack. Needs Chromium.',
  flags: {},
  takes: { name: '[set …]', means: `the pictures to make: ${SETS.join(', ')}; all if you name none`, several: true },
  examples: ['npm run screenshots -- demo', 'CHROMIUM_PATH=/opt/chrome/chrome npm run screenshots'],
});

type OnStop = (stop: () => Promise<void>) => void;

/** The size of a reader's screen, and small pictures. */
const VIEW = { width: 1440, height: 800 };

const isWanted = (name: string) => words.length === 0 || words.includes(name);

async function takeAll(executablePath: string, onStop: OnStop): Promise<number> {
  const unknown = words.find((word) => !SETS.includes(word));
  if (unknown !== undefined) throw new Error(`${unknown}: there are no such pictures; name ${SETS.join(', ')}`);
  const projectDir = process.cwd();
  const camera = await openCamera(executablePath, projectDir, onStop);
  if (isWanted('demo')) await takeDemoPicture(camera, onStop);
  if (isWanted('install'))
    await takeInstallPictures(camera, await startStack(onStop, { HUBSPOT_CLIENT_ID: 'local-app' }));
  if (isWanted('settings') || isWanted('recipes')) await takeDeskPictures(camera, onStop);
  return 0;
}

/** The settings page and the workbench are on one page. */
async function takeDeskPictures(camera: Camera, onStop: OnStop): Promise<void> {
  const stack = await startStack(onStop, { HUBSPOT_CLIENT_ID: undefined });
  await stack.refresh.run();
  const server = await startPage(stack, readGivenEnvironment(process.cwd()));
  if (server === undefined) throw new Error('HUBSPOT_API_BASE_URL: the pictures are made with the simulator; unset it');
  onStop(() => server.close());
  const page = await camera.openPage(VIEW);
  await page.goto(server.url);
  if (isWanted('settings')) await takeSettingsPictures(camera, page, stack);
  if (isWanted('recipes')) await takeRecipePictures(camera, page, stack);
}

function startStack(onStop: OnStop, set: Readonly<Record<string, string | undefined>>) {
  const projectDir = process.cwd();
  const own = readGivenEnvironment(projectDir);
  const given = (name: string) => (name in set ? set[name] : own(name));
  return startLocalStack({ projectDir, given, purpose: 'start', onStop });
}

const given = process.env.CHROMIUM_PATH;
const chromium = findChromium(given);
if (chromium === undefined) {
  printError(`CHROMIUM_PATH: there is no Chromium at ${given || 'any of the usual places'}`);
  process.exitCode = 1;
} else {
  await runUntilStopped((onStop) => takeAll(chromium, onStop), 'Stopped before all pictures were made');
}
