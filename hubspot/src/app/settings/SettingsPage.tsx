import { Tab, Tabs } from '@hubspot/ui-extensions';
import { type ReactElement, useMemo, useState } from 'react';
import { ACTION_TEXTS } from './action-texts.ts';
import type { PageClient } from './page-client.ts';
import { type Page, type PageAlert, PageProvider } from './page-context.ts';
import { LoadFailure, MoreFailure } from './parts/Failure.tsx';
import { Loading } from './parts/Loading.tsx';
import { HandoversRoom } from './rooms/HandoversRoom.tsx';
import { OverviewRoom } from './rooms/OverviewRoom.tsx';
import { PeopleRoom } from './rooms/PeopleRoom.tsx';
import { TryEmailRoom } from './rooms/TryEmailRoom.tsx';
import { UnresolvedRoom } from './rooms/UnresolvedRoom.tsx';
import { chooseLanguage, TEXTS } from './texts.ts';
import { useRequest } from './use-request.ts';

export type SettingsPageProps = {
  readonly client: PageClient;
  readonly context: {
    readonly user: { readonly language?: string; readonly locale?: string };
    readonly portal: { readonly timezone?: string };
  };
  readonly actions: {
    readonly addAlert: (alert: PageAlert) => void;
    readonly copyTextToClipboard: (text: string) => Promise<void>;
  };
};

/** One request shows the overview. The other tabs load when somebody opens them. */
export function SettingsPage({ client, context, actions }: SettingsPageProps) {
  const { user, portal } = context;
  const language = chooseLanguage(user.language, user.locale);
  const { state, reload, retry } = useRequest(client.overview);
  const [tab, setTab] = useState('overview');
  const texts = TEXTS[language];
  const timeZone = isTimeZone(portal.timezone) ? portal.timezone : undefined;
  const viewer = state.status === 'ready' ? state.value.viewer : undefined;
  const page = useMemo(
    (): Page => ({
      client,
      texts,
      actionTexts: ACTION_TEXTS[language],
      language,
      timeZone,
      viewer: viewer ?? { userId: '', canChange: false },
      announce: (message) => actions.addAlert({ type: 'success', message }),
      warn: actions.addAlert,
      copy: actions.copyTextToClipboard,
    }),
    [client, texts, language, timeZone, viewer, actions],
  );
  const choose = (id: string) => {
    setTab(id);
    // What the other tabs changed shows there.
    if (id === 'overview') reload();
  };
  const content = () => {
    if (state.status === 'loading') return <Loading />;
    if (state.status === 'failed') return <LoadFailure error={state.error} retry={retry} />;
    // HubSpot may render the content of every tab, so that only the chosen one has any.
    const shown = (id: string, room: ReactElement) => (tab === id ? room : null);
    return (
      <Tabs selected={tab} onSelectedChange={(id: string | number) => choose(String(id))}>
        <Tab tabId="overview" title={texts.tabs.overview}>
          {shown(
            'overview',
            <>
              <MoreFailure error={state.error} retry={retry} />
              <OverviewRoom overview={state.value} reload={reload} />
            </>,
          )}
        </Tab>
        <Tab tabId="unresolved" title={texts.tabs.unresolved}>
          {shown('unresolved', <UnresolvedRoom />)}
        </Tab>
        <Tab tabId="people" title={texts.tabs.people}>
          {shown('people', <PeopleRoom />)}
        </Tab>
        <Tab tabId="try-email" title={texts.tabs.tryEmail}>
          {shown('try-email', <TryEmailRoom />)}
        </Tab>
        <Tab tabId="handovers" title={texts.tabs.handovers}>
          {shown('handovers', <HandoversRoom />)}
        </Tab>
      </Tabs>
    );
  };
  return <PageProvider value={page}>{content()}</PageProvider>;
}

/** HubSpot documents the time zone of an account without its form. A name that the browser does not know would end the page. */
function isTimeZone(name: string | undefined): boolean {
  try {
    return name !== undefined && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
