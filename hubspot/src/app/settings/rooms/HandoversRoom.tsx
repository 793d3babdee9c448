import { Divider, EmptyState, Flex, Text } from '@hubspot/ui-extensions';
import { useCallback, useState } from 'react';
import { usePage } from '../page-context.ts';
import { LoadFailure, MoreFailure } from '../parts/Failure.tsx';
import { HandoverCard } from '../parts/HandoverCard.tsx';
import { HandoverForm } from '../parts/HandoverForm.tsx';
import { HandoverHistory } from '../parts/HandoverHistory.tsx';
import { LastNight } from '../parts/LastNight.tsx';
import { Loading } from '../parts/Loading.tsx';
import { MoreButton } from '../parts/MoreButton.tsx';
import { NightlyList } from '../parts/NightlyList.tsx';
import { ReadOnlyNotice } from '../parts/ReadOnlyNotice.tsx';
import type { HandoverEntry, HandoversPage, Person } from '../portal-api.ts';
import { usePolling } from '../use-polling.ts';
import { usePages } from '../use-request.ts';

/** A plan, what is at work, and what was done in the last month. While something is at work, it follows it. */
export function HandoversRoom() {
  const { client, texts, viewer } = usePage();
  const [chosen, setChosen] = useState<string>();
  const [nightly, setNightly] = useState<readonly Person[]>([]);
  const [known, setKnown] = useState<HandoversPage>();
  const load = useCallback(
    async (after?: string) => {
      const result = await client.handovers(after);
      if (result.ok) setNightly(result.value.nightly);
      if (result.ok && after === undefined) setKnown(result.value);
      return result;
    },
    [client],
  );
  const pages = usePages(load);
  const { state } = pages;
  // What is known stays when an answer is missing in between.
  const entries = state.status === 'ready' ? state.value.entries : known?.entries;
  const answer = state.status === 'failed' ? state.error : known;
  usePolling(entries?.some(({ isWorking }) => isWorking) ?? false, answer, pages.reload);
  if (entries === undefined) {
    return state.status === 'failed' ? <LoadFailure error={state.error} retry={pages.retry} /> : <Loading />;
  }
  const shown = entries.find(({ handoverId }) => handoverId === chosen) ?? entries.find(isOpen);
  const onChanged = (handoverId?: string) => {
    if (handoverId !== undefined) setChosen(handoverId);
    pages.reload();
  };
  return (
    <Flex direction="column" gap="medium">
      <Text>{texts.handovers.intro}</Text>
      <ReadOnlyNotice />
      {state.status === 'failed' && <MoreFailure error={state.error} />}
      {viewer.canChange && <HandoverForm onPlanned={onChanged} />}
      {shown !== undefined && <HandoverCard key={shown.handoverId} entry={shown} onChanged={onChanged} />}
      <Divider />
      {entries.length === 0 ? (
        <EmptyState title={texts.handovers.emptyTitle} layout="vertical" imageName="contacts">
          <Text>{texts.handovers.emptyText}</Text>
        </EmptyState>
      ) : (
        <HandoverHistory entries={entries} shownId={shown?.handoverId} onChoose={setChosen} />
      )}
      <MoreButton pages={pages} />
      <NightlyList nightly={nightly} entries={entries} onChanged={() => onChanged()} />
      <LastNight handovers={known?.lastNight ?? []} />
    </Flex>
  );
}

/** Somebody may still want to do something with it. */
function isOpen({ isWorking, canStart, isNightly }: HandoverEntry): boolean {
  return isWorking || (canStart && !isNightly);
}
