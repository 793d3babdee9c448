import { Divider, EmptyState, Flex, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useFormats, usePage } from '../page-context.ts';
import { LoadFailure, MoreFailure } from '../parts/Failure.tsx';
import { HandoverCard } from '../parts/HandoverCard.tsx';
import { HandoverForm } from '../parts/HandoverForm.tsx';
import { HandoverHistory } from '../parts/HandoverHistory.tsx';
import { LastNight } from '../parts/LastNight.tsx';
import { Loading } from '../parts/Loading.tsx';
import { MoreButton } from '../parts/MoreButton.tsx';
import { NightlyList } from '../parts/NightlyList.tsx';
import { ReadOnlyNotice } from '../parts/ReadOnlyNotice.tsx';
import type { HandoverEntry } from '../portal-api.ts';
import { usePolling } from '../use-polling.ts';
import { usePages } from '../use-request.ts';

/** A plan, what is at work, and what was done in the last month. While something is at work, it follows it. */
export function HandoversRoom() {
  const { client, texts, viewer } = usePage();
  const { distinguish } = useFormats();
  const [chosen, setChosen] = useState<string>();
  const pages = usePages(client.handovers);
  const { state, first, answer, reload, retry } = pages;
  const isFollowed =
    state.status === 'ready' && state.value.entries.some(({ isWorking, isCounting }) => isWorking || isCounting);
  usePolling(isFollowed, answer, reload);
  if (state.status === 'loading') return <Loading />;
  if (state.status === 'failed') return <LoadFailure error={state.error} retry={retry} />;
  const { nightly = [], lastNight = [] } = first ?? {};
  const everybody = state.value.entries.flatMap(({ leaver, target }) => (target ? [leaver, target] : [leaver]));
  const call = distinguish([...everybody, ...nightly, ...lastNight.map(({ leaver }) => leaver)]);
  const entries = state.value.entries.map(({ target, ...entry }) => ({
    ...entry,
    leaver: call(entry.leaver),
    ...(target && { target: call(target) }),
  }));
  const shown = entries.find(({ handoverId }) => handoverId === chosen) ?? entries.find(isOpen);
  const onPlanned = (handoverId?: string) => {
    if (handoverId !== undefined) setChosen(handoverId);
    reload();
  };
  const onChanged = (handoverId: string) => {
    // Whoever looks at another one by now keeps it.
    setChosen((current) => current ?? handoverId);
    reload();
  };
  return (
    <Flex direction="column" gap="medium">
      <Text>{texts.handovers.intro}</Text>
      <ReadOnlyNotice />
      <MoreFailure error={state.error} retry={retry} />
      {viewer.canChange && <HandoverForm onPlanned={onPlanned} />}
      {shown !== undefined && (
        <HandoverCard
          key={shown.handoverId}
          entry={shown}
          isNightlyOn={nightly.some(({ ownerId }) => ownerId === shown.leaver.ownerId)}
          onChanged={onChanged}
        />
      )}
      <Divider />
      {entries.length === 0 ? (
        <EmptyState title={texts.handovers.emptyTitle} layout="vertical" imageName="contacts">
          <Text>{texts.handovers.emptyText}</Text>
        </EmptyState>
      ) : (
        <HandoverHistory entries={entries} shownId={shown?.handoverId} onChoose={setChosen} />
      )}
      <MoreButton pages={pages} />
      <NightlyList nightly={nightly.map(call)} entries={entries} onChanged={reload} />
      <LastNight handovers={lastNight.map((one) => ({ ...one, leaver: call(one.leaver) }))} />
    </Flex>
  );
}

/** Somebody may still want to do something with it. */
function isOpen({ isWorking, canStart, isNightly }: HandoverEntry): boolean {
  return isWorking || (canStart && !isNightly);
}
