import { type ReactNode, useEffect, useId, useState } from 'react';
import type { DeskRecord, DeskState, EnrollForm } from '../../desk-api.ts';
import { ask } from '../ask.ts';

type Option = readonly [value: string, label: string];

/** The labels are those of the workflow editor. */
const OVERWRITE: readonly Option[] = [
  ['', 'Not set'],
  ['ALWAYS', 'Always replace the owner'],
  ['IF_UNASSIGNED', 'Keep the owner'],
  ['IF_OWNER_INACTIVE', 'Replace the owner only if deactivated'],
];
const IF_NOT_ASSIGNABLE: readonly Option[] = [
  ['', 'Not set'],
  ['FAIL', 'Mark the action as failed'],
  ['FALLBACK', 'Assign the fallback owner'],
  ['CLEAR', 'Clear the owner'],
  ['LEAVE', 'Do not change the owner, without failing'],
];
const DELIVERY: readonly Option[] = [
  ['never', 'Once'],
  ['overlapping', 'Twice, at the same time'],
  ['after', 'Twice, one after the other'],
];

type EnrollmentFormProps = {
  readonly desk: DeskState;
  readonly onEnroll: (form: EnrollForm) => Promise<void>;
};

export function EnrollmentForm({ desk, onEnroll }: EnrollmentFormProps) {
  const [recordType, setRecordType] = useState('contact');
  const [recordId, setRecordId] = useState('');
  const [inputs, setInputs] = useState({
    ownerEmail: 'jane@example.com',
    ownerProperty: '',
    overwrite: '',
    ifNotAssignable: '',
  });
  const [fallbackOwner, setFallbackOwner] = useState('');
  const [delivery, setDelivery] = useState<EnrollForm['delivery']>('never');
  const [records, setRecords] = useState<readonly DeskRecord[]>([]);
  const newestRun = desk.runs[0];
  const progress = `${newestRun?.id} ${newestRun?.status}`;
  useEffect(() => {
    let isGone = false;
    // A new enrollment may have made a record or changed its owner.
    void progress;
    ask<{ readonly records: readonly DeskRecord[] }>('records', { recordType }).then(
      (answer) => !isGone && setRecords(answer.records),
      () => !isGone && setRecords([]),
    );
    return () => {
      isGone = true;
    };
  }, [recordType, progress]);
  const people: readonly Option[] = desk.people
    .filter(({ isActive }) => isActive)
    .map(({ ownerId, name, email }) => [ownerId, name || email]);
  const inputFields = Object.fromEntries(
    Object.entries({ ...inputs, fallbackOwner }).filter(([name, value]) => value !== '' || name === 'ownerEmail'),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void onEnroll({ recordType, recordId, inputFields, delivery });
      }}
    >
      <Labelled label="Record type">
        {(id) => (
          <Choice
            id={id}
            value={recordType}
            options={desk.recordTypes.map((type) => [type, type])}
            onChange={(type) => {
              setRecordType(type);
              setRecordId('');
            }}
          />
        )}
      </Labelled>
      <Labelled label="Record">
        {(id) => (
          <Choice
            id={id}
            value={recordId}
            options={[
              ['', 'A new record'],
              ...records.map(({ recordId: each, owner }): Option => [each, `${each}, owner: ${owner}`]),
            ]}
            onChange={setRecordId}
          />
        )}
      </Labelled>
      <Labelled label="Owner’s email">
        {(id) => (
          <input
            id={id}
            name="ownerEmail"
            autoComplete="off"
            value={inputs.ownerEmail}
            onChange={({ currentTarget: { value } }) => setInputs((current) => ({ ...current, ownerEmail: value }))}
          />
        )}
      </Labelled>
      <Labelled label="Owner property">
        {(id) => (
          <input
            id={id}
            name="ownerProperty"
            autoComplete="off"
            placeholder="hubspot_owner_id"
            value={inputs.ownerProperty}
            onChange={({ currentTarget: { value } }) => setInputs((current) => ({ ...current, ownerProperty: value }))}
          />
        )}
      </Labelled>
      <Labelled label="If the record already has an owner">
        {(id) => (
          <Choice
            id={id}
            value={inputs.overwrite}
            options={OVERWRITE}
            onChange={(overwrite) => setInputs((current) => ({ ...current, overwrite }))}
          />
        )}
      </Labelled>
      <Labelled label="If no active owner matches this email">
        {(id) => (
          <Choice
            id={id}
            value={inputs.ifNotAssignable}
            options={IF_NOT_ASSIGNABLE}
            onChange={(ifNotAssignable) => setInputs((current) => ({ ...current, ifNotAssignable }))}
          />
        )}
      </Labelled>
      {inputs.ifNotAssignable === 'FALLBACK' && (
        <Labelled label="Fallback owner">
          {(id) => (
            <Choice id={id} value={fallbackOwner} options={[['', 'Nobody'], ...people]} onChange={setFallbackOwner} />
          )}
        </Labelled>
      )}
      <Labelled label="HubSpot delivers">
        {(id) => (
          <Choice
            id={id}
            value={delivery}
            options={DELIVERY}
            onChange={(value) => setDelivery(value as EnrollForm['delivery'])}
          />
        )}
      </Labelled>
      <button type="submit" className="primary">
        Enroll
      </button>
    </form>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

type ChoiceProps = {
  readonly id: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
};

function Choice({ id, value, options, onChange }: ChoiceProps) {
  return (
    <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      {options.map(([each, label]) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  );
}
