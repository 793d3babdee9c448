import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../architecture/imports.ts';

/** A folder with what a project takes from the repository, and nothing else. */
export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'hubspot-root-'));
  const app = 'hubspot/src/app';
  mkdirSync(join(root, app), { recursive: true });
  cpSync(join(PROJECT_DIR, app, 'app-logo.png'), join(root, app, 'app-logo.png'));
  cpSync(join(PROJECT_DIR, app, 'settings'), join(root, app, 'settings'), { recursive: true });
  return root;
}

/** Addresses that HubSpot could be given. */
export const BASE_URL = 'https://owner.acme.test';
export const SUPPORT = {
  supportEmail: 'help@acme.test',
  documentationUrl: 'https://acme.test/docs',
  supportUrl: 'https://acme.test/help',
};
