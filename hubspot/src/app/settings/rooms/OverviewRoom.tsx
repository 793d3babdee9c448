import {
  Alert,
  Button,
  DescriptionList,
  DescriptionListItem,
  Divider,
  EmptyState,
  Flex,
  Heading,
  Link,
  Statistics,
  StatisticsItem,
  StatusTag,
  Text,
} from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useFormats, usePage } from '../page-context.ts';
import { Confirm } from '../parts/Confirm.tsx';
import { type ChartColor, CountChart } from '../parts/CountChart.tsx';
import { EntryTable } from '../parts/EntryTable.tsx';
import { ReadOnlyNotice } from '../parts/ReadOnlyNotice.tsx';
import type { CauseKind, Outcome, Overview } from '../portal-api.ts';
import { fill } from '../texts.ts';
import { useChange } from '../use-change.ts';

type OverviewProps = { readonly overview: Overview; readonly reload: () => void };

export function OverviewRoom({ overview, reload }: OverviewProps) {
  if (overview.portal.status === 'notConnected') return <NotConnected overview={overview} />;
  return (
    <Flex direction="column" gap="medium">
      <Connection overview={overview} />
      <ReadOnlyNotice />
      <Permissions overview={overview} />
      <Owners overview={overview} reload={reload} />
      <Divider />
      <Outcomes overview={overview} />
      <Divider />
      <UnresolvedByCause overview={overview} />
    </Flex>
  );
}

function NotConnected({ overview: { portal } }: { readonly overview: Overview }) {
  const { connection } = usePage().texts;
  return (
    <EmptyState title={connection.notConnectedTitle} layout="vertical" imageName="integrations">
      {portal.installUrl === undefined ? (
        <Text>{connection.token}</Text>
      ) : (
        <Flex direction="column" gap="small" align="center">
          <Text>{connection.install}</Text>
          <Link href={{ url: portal.installUrl, external: true }}>{connection.installButton}</Link>
        </Flex>
      )}
    </EmptyState>
  );
}

function Connection({ overview: { owners, lastNight } }: { readonly overview: Overview }) {
  const { texts } = usePage();
  const formats = useFormats();
  const { lastRefreshAt } = owners;
  return (
    <Flex direction="column" gap="small">
      <StatusTag variant="success">{texts.connection.connected}</StatusTag>
      <DescriptionList direction="row">
        <DescriptionListItem label={texts.owners.lastRefresh}>
          <Text>{lastRefreshAt === undefined ? texts.owners.never : formats.time(lastRefreshAt)}</Text>
        </DescriptionListItem>
        <DescriptionListItem label={texts.owners.nextRefresh}>
          <Text>{formats.time(owners.nextRefreshAt)}</Text>
        </DescriptionListItem>
        {lastNight !== undefined && (
          <DescriptionListItem label={texts.lastNight.title}>
            <Text>
              {fill(texts.lastNight.sum, {
                moved: formats.number(lastNight.moved),
                leftAlone: formats.number(lastNight.leftAlone),
                toCheck: formats.number(lastNight.toCheck),
              })}
            </Text>
          </DescriptionListItem>
        )}
      </DescriptionList>
    </Flex>
  );
}

function Permissions({ overview: { scopes } }: { readonly overview: Overview }) {
  const { permissions } = usePage().texts;
  if (!scopes.isKnown) return <Text variant="microcopy">{permissions.unknown}</Text>;
  if (scopes.missing.length === 0) return <Text>{permissions.granted}</Text>;
  return (
    <Flex direction="column" gap="small">
      <Alert title={permissions.missingTitle} variant="warning" />
      <EntryTable
        entries={scopes.missing}
        idOf={({ scope }) => scope}
        columns={[
          { label: permissions.scope, cell: ({ scope }) => scope },
          { label: permissions.purpose, cell: ({ purpose }) => purpose },
          { label: permissions.cost, cell: ({ cost }) => cost },
        ]}
      />
    </Flex>
  );
}

function Owners({ overview: { owners, unresolved }, reload }: OverviewProps) {
  const { client, texts, viewer, announce } = usePage();
  const formats = useFormats();
  const [isAsked, setIsAsked] = useState(false);
  const { state, submit, reset } = useChange(
    (_: object, changeId) => client.refresh(changeId),
    () => {
      setIsAsked(false);
      announce(texts.owners.queued);
      reload();
    },
  );
  const total = formats.number(unresolved.total);
  return (
    <Flex direction="column" gap="small">
      <Heading>{texts.owners.title}</Heading>
      <Statistics>
        <StatisticsItem label={texts.owners.active} number={formats.number(owners.active)} />
        <StatisticsItem label={texts.owners.deactivated} number={formats.number(owners.deactivated)} />
        <StatisticsItem
          label={texts.unresolved.total}
          number={unresolved.isAtLeast ? fill(texts.common.atLeast, { count: total }) : total}
        />
      </Statistics>
      {viewer.canChange && !isAsked && (
        <Flex direction="row">
          <Button onClick={() => setIsAsked(true)}>{texts.owners.refresh}</Button>
        </Flex>
      )}
      {isAsked && (
        <Confirm
          title={texts.owners.confirmTitle}
          text={texts.owners.confirmText}
          action={texts.owners.refresh}
          state={state}
          onConfirm={() => submit({})}
          onCancel={() => {
            reset();
            setIsAsked(false);
          }}
        />
      )}
    </Flex>
  );
}

/** In the order in which bars are stacked: what went well below what did not. */
const OUTCOME_COLORS: Readonly<Record<Outcome, ChartColor>> = {
  ASSIGNED: 'green',
  ALREADY_ASSIGNED: 'aqua',
  KEPT_EXISTING: 'blue',
  FOUND: 'purple',
  FALLBACK_ASSIGNED: 'yellow',
  CLEARED: 'pink',
  LEFT_UNCHANGED: 'orange',
  FAILED: 'darkOrange',
};

function Outcomes({ overview: { outcomes } }: { readonly overview: Overview }) {
  const { texts, actionTexts } = usePage();
  const formats = useFormats();
  const kinds = (Object.keys(OUTCOME_COLORS) as Outcome[]).filter((outcome) =>
    outcomes.some(({ counts }) => counts[outcome] > 0),
  );
  if (kinds.length === 0) {
    return (
      <Flex direction="column" gap="small">
        <Heading>{texts.outcomes.title}</Heading>
        <Text>{texts.outcomes.empty}</Text>
      </Flex>
    );
  }
  return (
    <Flex direction="column" gap="small">
      <CountChart
        title={texts.outcomes.title}
        categoryLabel={texts.outcomes.day}
        groupLabel={texts.outcomes.outcome}
        countLabel={texts.outcomes.executions}
        counts={outcomes.flatMap(({ day, counts }) =>
          kinds.map((outcome) => ({
            category: formats.day(day),
            group: actionTexts.outcome[outcome],
            count: counts[outcome],
          })),
        )}
        colors={Object.fromEntries(kinds.map((outcome) => [actionTexts.outcome[outcome], OUTCOME_COLORS[outcome]]))}
      />
      <Text variant="microcopy">{texts.outcomes.note}</Text>
    </Flex>
  );
}

function UnresolvedByCause({ overview: { unresolved } }: { readonly overview: Overview }) {
  const { texts } = usePage();
  const counts = (Object.entries(unresolved.byCause) as [CauseKind, number][])
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([cause, count]) => ({ category: texts.causes[cause], count }));
  if (counts.length === 0) {
    return (
      <Flex direction="column" gap="small">
        <Heading>{texts.unresolved.byCause}</Heading>
        <Text>{texts.unresolved.emptyText}</Text>
      </Flex>
    );
  }
  return (
    <CountChart
      title={texts.unresolved.byCause}
      categoryLabel={texts.unresolved.cause}
      countLabel={texts.unresolved.total}
      counts={counts}
    />
  );
}
