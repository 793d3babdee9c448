import { Divider, Flex } from '@hubspot/ui-extensions';
import { usePage } from '../page-context.ts';
import { AliasList } from '../parts/AliasList.tsx';
import { ChangeList } from '../parts/ChangeList.tsx';
import { PeopleList } from '../parts/PeopleList.tsx';
import { ReadOnlyNotice } from '../parts/ReadOnlyNotice.tsx';
import { usePages } from '../use-request.ts';

/** Three lists that a change touches together. */
export function PeopleRoom() {
  const { client } = usePage();
  const people = usePages(client.people);
  const aliases = usePages(client.aliases);
  const changes = usePages(client.changes);
  const reload = () => {
    for (const list of [people, aliases, changes]) list.reload();
  };
  return (
    <Flex direction="column" gap="medium">
      <ReadOnlyNotice />
      <PeopleList pages={people} onChanged={reload} />
      <Divider />
      <AliasList pages={aliases} onChanged={reload} />
      <Divider />
      <ChangeList pages={changes} />
    </Flex>
  );
}
