import { LANGUAGES, LOCALES, type Locale } from '../../lib/action/labels.ts';

/** HubSpot looks for the one settings page of an app here (create a settings page, read 2026-11-27). */
export const SETTINGS_FOLDER = 'src/app/settings/';

/** The generated files of the settings page, path in the project → text. People write the rest. */
export function settingsFiles(baseUrl: string): ReadonlyMap<string, string> {
  return new Map([
    [`${SETTINGS_FOLDER}settings-hsmeta.json`, `${JSON.stringify(toSettings(), null, 2)}\n`],
    [`${SETTINGS_FOLDER}service-url.ts`, toServiceUrl(baseUrl)],
    [`${SETTINGS_FOLDER}action-texts.ts`, toActionTexts()],
  ]);
}

/** Where a path is in the settings page's folder and is made from elsewhere. */
export function isGeneratedSetting(path: string): boolean {
  return settingsFiles('').has(path);
}

function toSettings() {
  return {
    uid: 'owner_by_email_settings',
    type: 'settings',
    config: { entrypoint: '/app/settings/Settings.tsx' },
  };
}

const MADE = '// Made by `npm run generate` and `npm run hubspot:configure`. Do not edit.';

/** HubSpot serves the page, so the page contains the address of its service. */
function toServiceUrl(baseUrl: string): string {
  return `${MADE}\nexport const SERVICE_URL = '${baseUrl}';\n`;
}

/** The page names outcomes, errors and outputs like the workflow editor, and imports nothing from outside its folder. */
function toActionTexts(): string {
  const texts = Object.fromEntries(LOCALES.map((locale) => [locale, textsOf(locale)]));
  const type = [
    'export type ActionTexts = {',
    "  readonly outcome: Readonly<Record<import('./portal-api.ts').Outcome, string>>;",
    "  readonly matchedBy: Readonly<Record<'EMAIL' | 'FORMER_EMAIL' | 'ALIAS', string>>;",
    "  readonly resolvedFrom: Readonly<Record<'CACHE' | 'LIVE', string>>;",
    '  readonly errorCode: Readonly<Record<string, string>>;',
    '  readonly outputs: Readonly<Record<string, string>>;',
    '};',
  ].join('\n');
  const languages = `Readonly<Record<${LOCALES.map((locale) => `'${locale}'`).join(' | ')}, ActionTexts>>`;
  return `${MADE}\n${type}\n\nexport const ACTION_TEXTS: ${languages} = ${JSON.stringify(texts, null, 2)};\n`;
}

function textsOf(locale: Locale) {
  const { outputFieldOptionLabels, outputFieldLabels } = LANGUAGES[locale];
  const { outcome, matchedBy, resolvedFrom, errorCode } = outputFieldOptionLabels;
  return { outcome, matchedBy, resolvedFrom, errorCode, outputs: outputFieldLabels };
}
