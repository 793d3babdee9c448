import { Alert, Flex, Heading, ProgressBar, StatusTag, Text, Tile } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import type { HandoverEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { HandoverActions } from './HandoverActions.tsx';
import { HandoverPlan } from './HandoverPlan.tsx';
import { isGivenUp, useHandoverFormats } from './handover-formats.ts';

type HandoverCardProps = {
  readonly entry: HandoverEntry;
  readonly isNightlyOn: boolean;
  readonly onChanged: (handoverId: string) => void;
};

/** One handover: what it is about, how far it is, and what can be done with it. */
export function HandoverCard({ entry, isNightlyOn, onChanged }: HandoverCardProps) {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  const { status, isStopped, reason, plannedAt, endsAt, remaining, canUndo } = entry;
  const { title, state, variant } = useHandoverFormats();
  return (
    <Tile compact={true}>
      <Flex direction="column" gap="small">
        <Heading>{title(entry)}</Heading>
        <StatusTag variant={variant(entry)}>{state(entry)}</StatusTag>
        {isStopped && reason !== undefined && (
          <Alert title={texts.handovers.stoppedTitle} variant="warning">
            {reason === 'CALLS_SPENT' ? texts.lastNight.capped : fill(texts.handovers.reason, { reason })}
          </Alert>
        )}
        {isGivenUp(entry) && <Alert title={texts.handovers.stoppedTitle} variant="warning" />}
        {status === 'failed' && !isGivenUp(entry) && (
          <Alert title={texts.handovers.failedTitle} variant="error">
            {fill(texts.handovers.reason, { reason: reason ?? texts.common.none })}
          </Alert>
        )}
        <Text variant="microcopy">{fill(texts.handovers.plannedAt, { time: formats.time(plannedAt) })}</Text>
        <Progress entry={entry} />
        <Counts entry={entry} />
        {status === 'moved' && remaining !== undefined && remaining > 0 && (
          <Text>{fill(texts.handovers.remaining, { count: formats.number(remaining) })}</Text>
        )}
        {status !== 'planning' && <HandoverPlan entry={entry} />}
        {canUndo && <Text variant="microcopy">{fill(texts.handovers.undoUntil, { time: formats.time(endsAt) })}</Text>}
        {/* What was asked of another state is no retry in this one. */}
        {viewer.canChange && (
          <HandoverActions
            key={`${status} ${isStopped}`}
            entry={entry}
            isNightlyOn={isNightlyOn}
            onChanged={() => onChanged(entry.handoverId)}
          />
        )}
      </Flex>
    </Tile>
  );
}

function Progress({ entry: { status, isWorking, isStopped, records, progress } }: { readonly entry: HandoverEntry }) {
  const { texts } = usePage();
  const formats = useFormats();
  if (status === 'planning') {
    return <Text>{fill(texts.handovers.counting, { count: formats.number(records) })}</Text>;
  }
  if (!isWorking && !isStopped) return null;
  const { done, total, minutesLeft } = progress;
  const values = { done: formats.number(done), total: formats.number(total), minutes: formats.number(minutesLeft) };
  return (
    <ProgressBar
      title={status === 'undoing' ? texts.handovers.undoing : texts.handovers.moving}
      aria-label={status === 'undoing' ? texts.handovers.undoing : texts.handovers.moving}
      value={done}
      maxValue={Math.max(1, total)}
      showPercentage={true}
      valueDescription={fill(isStopped ? texts.handovers.progressStopped : texts.handovers.progress, values)}
    />
  );
}

function Counts({ entry: { status, moved, undone } }: { readonly entry: HandoverEntry }) {
  const { handovers } = usePage().texts;
  const { counts } = useHandoverFormats();
  const isUndo = status === 'undoing' || status === 'undone';
  const isBegun = status !== 'planning' && status !== 'planned';
  return (
    <>
      {isBegun && <Text>{counts(handovers.movedCounts, moved)}</Text>}
      {isUndo && <Text>{counts(handovers.undoneCounts, undone)}</Text>}
    </>
  );
}
