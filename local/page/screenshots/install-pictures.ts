import { INSTALL_ROUTE } from '../../../lib/domain/app-urls.ts';
import { LOCAL_PORTAL_ID } from '../../seed.ts';
import type { LocalStack } from '../../stack.ts';
import type { Camera } from './camera.ts';

const VIEW = { width: 720, height: 400 };

/** What an admin sees who installs the app by OAuth, and who cancels. The consent page between is HubSpot's own. */
export async function takeInstallPictures(camera: Camera, { url }: LocalStack): Promise<void> {
  const page = await camera.openPage(VIEW);
  await page.goto(`${url}${INSTALL_ROUTE}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: 'The account was not connected' }).waitFor();
  await camera.take('install-denied', page.locator('body'));
  await page.goto(`${url}${INSTALL_ROUTE}`);
  await page.getByLabel(`Account ${LOCAL_PORTAL_ID}`).check();
  await page.getByRole('button', { name: 'Connect app' }).click();
  await page.getByRole('heading', { name: `HubSpot account ${LOCAL_PORTAL_ID} is connected` }).waitFor();
  await camera.take('install-connected', page.locator('body'));
}
