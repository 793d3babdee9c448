import type { StatusTagProps } from '@hubspot/ui-extensions';
import { useFormats, usePage } from '../page-context.ts';
import type { HandoverCounts, HandoverEntry } from '../portal-api.ts';
import { fill } from '../texts.ts';

type Variant = NonNullable<StatusTagProps['variant']>;

/** Somebody stopped it while it was planned: nothing is wrong, and nothing goes on. */
export function isGivenUp({ status, reason }: HandoverEntry): boolean {
  return status === 'failed' && reason === 'STOPPED';
}

/** How handovers are named and counted, in the language of the page. */
export function useHandoverFormats() {
  const { texts, viewer } = usePage();
  const formats = useFormats();
  const { handovers } = texts;
  const target = ({ target: person }: HandoverEntry) =>
    person === undefined ? handovers.nobody : formats.name(person);
  return {
    target,
    title: (entry: HandoverEntry) => fill(handovers.title, { name: formats.name(entry.leaver), target: target(entry) }),
    state: (entry: HandoverEntry) =>
      entry.isStopped || isGivenUp(entry) ? handovers.stopped : handovers.status[entry.status],
    variant: (entry: HandoverEntry): Variant => {
      const { status, isStopped } = entry;
      if (isStopped || isGivenUp(entry)) return 'warning';
      if (status === 'failed') return 'danger';
      return status === 'moved' || status === 'undone' ? 'success' : 'info';
    },
    /** Only what there is, besides the records that were done. */
    counts: (text: string, { done, leftAlone, missing, refused }: HandoverCounts) => {
      const others = Object.entries({ leftAlone, missing, refused }).filter(([, count]) => count > 0);
      const sentences = others.map(([kind, count]) =>
        fill(handovers.counts[kind as keyof typeof handovers.counts], { count: formats.number(count) }),
      );
      return [fill(text, { count: formats.number(done) }), ...sentences].join(' ');
    },
    objectType: (objectType: string) => {
      const known = new Map(Object.entries<string>(handovers.objects));
      return known.get(objectType) ?? fill(handovers.customObject, { objectType });
    },
    asker: ({ requestedBy, isNightly }: HandoverEntry) => {
      if (isNightly) return handovers.everyNight;
      if (requestedBy === '') return handovers.operator;
      return requestedBy === viewer.userId ? texts.changes.you : fill(texts.changes.user, { userId: requestedBy });
    },
  };
}
