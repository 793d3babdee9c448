import { hubspot } from '@hubspot/ui-extensions';
import { createPageClient } from './page-client.ts';
import { SettingsPage } from './SettingsPage.tsx';
import { SERVICE_URL } from './service-url.ts';

const client = createPageClient(hubspot.fetch, SERVICE_URL);

hubspot.extend<'settings'>(({ context, actions }) => (
  <SettingsPage client={client} context={context} actions={actions} />
));
