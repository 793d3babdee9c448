import { useState } from 'react';
import type { DeskState, HubSpotState } from '../../desk-api.ts';

const HUBSPOT: readonly (readonly [HubSpotState, string])[] = [
  ['up', 'answers'],
  ['down', 'is down'],
  ['limited', 'has no rate limit left'],
];

type WorldProps = {
  readonly desk: DeskState;
  readonly act: (name: string, input?: object) => Promise<void>;
};

/** The surroundings of the enrollments: faults to switch on, and the state of the queue. */
export function World({ desk, act }: WorldProps) {
  const { waiting, inFlight, dead } = desk.queue;
  // Shown immediately; the stack follows.
  const [wanted, setWanted] = useState<HubSpotState>();
  const choose = async (state: HubSpotState) => {
    setWanted(state);
    await act('hubspot', { state });
    setWanted(undefined);
  };
  return (
    <section aria-label="Faults and queue" className="tile">
      <fieldset>
        <legend>HubSpot</legend>
        {HUBSPOT.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name="hubspot"
              value={value}
              checked={(wanted ?? desk.hubspot) === value}
              onChange={() => void choose(value)}
            />{' '}
            {label}
          </label>
        ))}
      </fieldset>
      <Leaver desk={desk} act={act} />
      <p>
        <button type="button" disabled={desk.isRefreshing} onClick={() => void act('refresh')}>
          {desk.isRefreshing ? 'Refreshing' : 'Refresh the owners'}
        </button>
      </p>
      <dl className="statistics" aria-label="Queue">
        <div>
          <dt>Waiting</dt>
          <dd>{waiting}</dd>
        </div>
        <div>
          <dt>In flight</dt>
          <dd>{inFlight}</dd>
        </div>
        <div>
          <dt>Dead letters</dt>
          <dd>{dead}</dd>
        </div>
        <div>
          <dt>HubSpot waits for</dt>
          <dd>{desk.blocked}</dd>
        </div>
      </dl>
    </section>
  );
}

function Leaver({ desk, act }: WorldProps) {
  const active = desk.people.filter(({ isActive }) => isActive);
  const [chosen, setChosen] = useState('');
  const ownerId = active.some((person) => person.ownerId === chosen) ? chosen : (active[0]?.ownerId ?? '');
  return (
    <p>
      <label>
        Somebody leaves{' '}
        <select value={ownerId} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
          {active.map(({ ownerId: id, name, email }) => (
            <option key={id} value={id}>
              {`${name} ${email}`}
            </option>
          ))}
        </select>
      </label>{' '}
      <button type="button" disabled={ownerId === ''} onClick={() => void act('deactivate', { ownerId })}>
        Deactivate
      </button>
    </p>
  );
}
