import type { SettingsContext } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { TEXTS } from '../../../hubspot/src/app/settings/texts.ts';
import type { DeskStart } from '../desk-api.ts';
import { renderExtension } from './stand-in/hubspot.ts';
import { Workbench } from './workbench/Workbench.tsx';

type Notice = { readonly id: number; readonly message: string };

/** The settings page as HubSpot would show it to a person, and beside it what only a desk has. */
export function Desk({ start }: { readonly start: DeskStart }) {
  const [userId, setUserId] = useState(start.users[0]?.userId ?? 0);
  const [language, setLanguage] = useState('en');
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const user = start.users.find((each) => each.userId === userId);
  if (user === undefined) throw new Error('the desk has no users');
  // A new person or language is a new visit.
  const visit = `${userId} ${language}`;
  return (
    <>
      <header>
        <h1>Owner by email on the desk</h1>
        <label>
          Viewing as{' '}
          <select value={userId} onChange={({ currentTarget }) => setUserId(Number(currentTarget.value))}>
            {start.users.map(({ userId: id, firstName, lastName, isSuperAdmin }) => (
              <option key={id} value={id}>
                {`${firstName} ${lastName} (${isSuperAdmin ? 'super admin' : 'no super admin'})`}
              </option>
            ))}
          </select>
        </label>
        <label>
          Language{' '}
          <select value={language} onChange={({ currentTarget }) => setLanguage(currentTarget.value)}>
            {Object.keys(TEXTS).map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </header>
      <div id="notices" role="status" aria-live="polite">
        {notices.map(({ id, message }) => (
          <p key={id}>
            {message}{' '}
            <button
              type="button"
              className="transparent small"
              onClick={() => setNotices((current) => current.filter((each) => each.id !== id))}
            >
              Dismiss
            </button>
          </p>
        ))}
      </div>
      <div className="columns">
        <main lang={language} aria-label="Settings page">
          <Extension
            key={visit}
            start={start}
            userId={userId}
            language={language}
            onAlert={(message) => setNotices((current) => [{ id: Date.now(), message }, ...current].slice(0, 3))}
          />
        </main>
        <aside aria-label="Workbench">
          <Workbench />
        </aside>
      </div>
    </>
  );
}

type ExtensionProps = {
  readonly start: DeskStart;
  readonly userId: number;
  readonly language: string;
  readonly onAlert: (message: string) => void;
};

function Extension({ start, userId, language, onAlert }: ExtensionProps) {
  const user = start.users.find((each) => each.userId === userId);
  // Made once a visit, as HubSpot does: what the page's hooks depend on must not change under them.
  const [api] = useState(() => toApi(start, user, language, onAlert));
  return renderExtension(api.context, api.actions);
}

function toApi(
  start: DeskStart,
  user: DeskStart['users'][number] | undefined,
  language: string,
  onAlert: (message: string) => void,
) {
  const { userId = 0, email = '', firstName = '', lastName = '' } = user ?? {};
  const context: SettingsContext = {
    location: 'settings',
    user: { id: userId, email, emails: [email], firstName, lastName, roles: [], teams: [], permissions: [], language },
    portal: { id: start.portalId, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  };
  const unused = (name: string) => () => {
    throw new Error(`the stand-in for HubSpot has no ${name}`);
  };
  const actions = {
    addAlert: ({ title, message }: { title?: string; message: string }) =>
      onAlert(title === undefined ? message : `${title}. ${message}`),
    copyTextToClipboard: (text: string) => navigator.clipboard.writeText(text),
    reloadPage: () => location.reload(),
    closeOverlay: unused('closeOverlay'),
    navigateToPage: unused('navigateToPage'),
    openIframeModal: unused('openIframeModal'),
  };
  return { context, actions };
}
