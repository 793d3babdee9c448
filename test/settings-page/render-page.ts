import {
  Alert,
  Button,
  Form,
  Input,
  LoadingButton,
  LoadingSpinner,
  Select,
  TableCell,
  TableRow,
  Tabs,
  Toggle,
} from '@hubspot/ui-extensions';
import { createRenderer, type RenderedElementNode } from '@hubspot/ui-extensions/testing';
import { createElement, type ReactElement, useEffect, useState } from 'react';
import { createPageClient, type HubSpotFetch } from '../../hubspot/src/app/settings/page-client.ts';
import { SettingsPage } from '../../hubspot/src/app/settings/SettingsPage.tsx';
import { type FakePortal, SERVICE_URL } from './fake-portal.ts';

const PATIENCE_MS = 10_000;

/** Runs the check after each turn of the event loop. HubSpot's own `waitFor` only runs it when something is drawn. */
async function until(check: () => void): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

type User = { readonly language?: string; readonly locale?: string };
type AnyButton = RenderedElementNode<{ onClick?: (event?: unknown) => void; disabled?: boolean }>;

const closings: (() => void)[] = [];
// A page that shows a handover asks for news again and again, and would keep Node alive.
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** HubSpot's renderer has no way to remove what it rendered: each `render` makes another root. */
function Closable({ page }: { readonly page: ReactElement }) {
  const [isOpen, setOpen] = useState(true);
  useEffect(() => void closings.push(() => setOpen(false)), []);
  return isOpen ? page : null;
}

/** The page in HubSpot's own test renderer, which knows HubSpot's components and no others. */
export async function openPage(portal: FakePortal, tabId = 'overview', user: User = {}, timezone = 'UTC') {
  const page = startPage(portal, user, timezone);
  await page.untilLoaded();
  if (tabId !== 'overview') await page.openTab(tabId);
  return page;
}

/** The page at its very beginning, when nothing has been loaded. */
export function startPage(portal: FakePortal, user: User = {}, timezone = 'UTC') {
  const renderer = createRenderer('settings');
  const { actions } = renderer.mocks;
  const client = createPageClient(portal.fetch as HubSpotFetch, SERVICE_URL);
  const context = { user, portal: { timezone } };
  renderer.render(createElement(Closable, { page: createElement(SettingsPage, { client, context, actions }) }));

  const buttons = (): AnyButton[] => [...renderer.findAll(Button), ...renderer.findAll(LoadingButton)] as AnyButton[];
  const button = (name: string): AnyButton => {
    const found = buttons().find(({ text }) => text === name);
    if (found === undefined) throw new Error(`no button “${name}”, but: ${buttons().map(({ text }) => text)}`);
    return found;
  };
  const field = (name: string) => renderer.find(Input, (node) => node.props.name === name);
  const page = {
    find: renderer.find,
    maybeFind: renderer.maybeFind,
    findAll: renderer.findAll,
    actions,
    isLoading: () => renderer.maybeFind(LoadingSpinner) !== null,
    untilLoaded: () => until(() => expect(page.isLoading()).toBe(false)),
    until,
    async openTab(tabId: string) {
      renderer.find(Tabs).trigger('onSelectedChange', tabId as never);
      await page.untilLoaded();
    },
    buttonNames: () => buttons().map(({ text }) => text),
    click: (name: string) => button(name).trigger('onClick'),
    isBusy: (name: string) => button(name).props,
    type: (name: string, value: string) => field(name).trigger('onInput', value as never),
    choose: (name: string, value: string) =>
      renderer.find(Select, (node) => node.props.name === name).trigger('onChange', value as never),
    options: (name: string) => renderer.find(Select, (node) => node.props.name === name).props.options,
    toggles: () =>
      renderer.findAll(Toggle).map(({ props: { label, checked, readOnly } }) => ({ label, checked, readOnly })),
    toggle: (label: string, isOn: boolean) =>
      renderer.find(Toggle, (node) => node.props.label === label).trigger('onChange', isOn as never),
    field: (name: string) => field(name).props,
    submit: () => renderer.find(Form).trigger('onSubmit'),
    alerts: () => renderer.findAll(Alert).map(({ props: { title, variant } }) => ({ title, variant })),
    refuseClipboard() {
      actions.copyTextToClipboard.nextError(new Error('not allowed'));
    },
    announced: () => actions.addAlert.calls.map(([{ message }]) => message),
    rows: () => renderer.findAll(TableRow).map((row) => row.findAll(TableCell).map(textOf)),
    /** Everything that somebody can read, in its order. */
    text: () => textOf(renderer.getRootNode()),
  };
  return page;
}

function textOf(node: { readonly toString: () => string }): string {
  return [
    ...node.toString().matchAll(/^\s*"(.*)"$|(?: title| label| number| description| validationMessage)="([^"]*)"/gm),
  ]
    .map(([, text, prop]) => text ?? prop)
    .join(' | ');
}
