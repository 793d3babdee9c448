import { Button, Flex, LoadingButton, TextArea } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { PageClient, RequestError, RequestResult } from '../page-client.ts';
import { usePage } from '../page-context.ts';
import { MoreFailure } from './Failure.tsx';

type ExportState =
  | { readonly status: 'idle' | 'loading' }
  | { readonly status: 'failed'; readonly error: RequestError }
  | { readonly status: 'ready'; readonly csv: string; readonly isCopyRefused: boolean };

/**
 * HubSpot documents no way for a page to save a file. It documents `copyTextToClipboard`, which a browser allows right after
 * a click: hence one click to load and another to copy, and the text itself for a browser that refuses.
 */
export function CsvExport() {
  const { client, texts, announce, copy } = usePage();
  const [state, setState] = useState<ExportState>({ status: 'idle' });
  const load = async () => {
    setState({ status: 'loading' });
    const result = await loadCsv(client);
    setState(
      result.ok
        ? { status: 'ready', csv: result.value, isCopyRefused: false }
        : { status: 'failed', error: result.error },
    );
  };
  if (state.status !== 'ready') {
    return (
      <Flex direction="column" gap="small" align="start">
        {state.status === 'failed' && <MoreFailure error={state.error} />}
        <LoadingButton loading={state.status === 'loading'} onClick={() => void load()}>
          {texts.unresolved.csv}
        </LoadingButton>
      </Flex>
    );
  }
  const { csv, isCopyRefused } = state;
  const copyAll = async () => {
    try {
      await copy(csv);
    } catch {
      setState({ status: 'ready', csv, isCopyRefused: true });
      return;
    }
    setState({ status: 'ready', csv, isCopyRefused: false });
    announce(texts.unresolved.csvCopied);
  };
  return (
    <Flex direction="column" gap="small">
      <TextArea
        name="csv"
        label={texts.unresolved.csvLabel}
        description={texts.unresolved.csvHelp}
        value={csv}
        readOnly={true}
        rows={8}
        error={isCopyRefused}
        {...(isCopyRefused && { validationMessage: texts.unresolved.csvCopyFailed })}
      />
      <Flex direction="row">
        <Button onClick={() => void copyAll()}>{texts.unresolved.csvCopy}</Button>
      </Flex>
    </Flex>
  );
}

/** All parts in their order. A list can be larger than one answer may be. */
async function loadCsv({ unresolvedCsv }: PageClient): Promise<RequestResult<string>> {
  let csv = '';
  let after: string | undefined;
  do {
    const part = await unresolvedCsv(after);
    if (!part.ok) return part;
    csv += part.value.csv;
    after = part.value.after;
  } while (after !== undefined);
  return { ok: true, value: csv };
}
