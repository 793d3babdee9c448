import {
  Accordion,
  Alert,
  DescriptionList,
  DescriptionListItem,
  Flex,
  Form,
  Input,
  LoadingButton,
  Text,
} from '@hubspot/ui-extensions';
import { useRef, useState } from 'react';
import type { RequestError } from '../page-client.ts';
import { useFormats, usePage } from '../page-context.ts';
import { EntryTable } from '../parts/EntryTable.tsx';
import { MoreFailure } from '../parts/Failure.tsx';
import type { LookupAnswer } from '../portal-api.ts';
import { fill } from '../texts.ts';

type LookupState =
  | { readonly status: 'idle' | 'missing' | 'loading' }
  | { readonly status: 'failed'; readonly error: RequestError }
  | { readonly status: 'ready'; readonly asked: string; readonly answer: LookupAnswer };

/** The errors that are about the value, not about whom it leads to. */
const NO_EMAIL = ['EMAIL_MISSING', 'EMAIL_INVALID', 'VALUE_IS_OWNER_ID', 'VALUE_IS_USER_ID'];
/** The email leads to somebody all the same, or nobody could find out. */
const NOT_NOBODY = ['OWNER_AMBIGUOUS', 'OWNER_IS_QUEUE', 'MISSING_SCOPES', 'PORTAL_NOT_CONNECTED'];

export function TryEmailRoom() {
  const { client, texts } = usePage();
  const [email, setEmail] = useState('');
  const [state, setState] = useState<LookupState>({ status: 'idle' });
  const latest = useRef(0);
  const lookUp = async () => {
    latest.current += 1;
    const turn = latest.current;
    // It goes as it was typed, because a workflow would pass it so.
    if (email.trim() === '') {
      setState({ status: 'missing' });
      return;
    }
    setState({ status: 'loading' });
    const result = await client.lookup(email);
    if (turn !== latest.current) return;
    setState(
      result.ok
        ? { status: 'ready', asked: email.trim(), answer: result.value }
        : { status: 'failed', error: result.error },
    );
  };
  const isMissing = state.status === 'missing';
  return (
    <Flex direction="column" gap="medium">
      <Text>{texts.lookup.intro}</Text>
      <Form preventDefault={true} autoComplete="off" onSubmit={() => void lookUp()}>
        <Flex direction="column" gap="small">
          <Input
            name="email"
            label={texts.lookup.email}
            description={texts.lookup.emailHelp}
            required={true}
            value={email}
            error={isMissing}
            {...(isMissing && { validationMessage: texts.lookup.required })}
            onInput={setEmail}
          />
          <Flex direction="row">
            <LoadingButton type="submit" variant="primary" loading={state.status === 'loading'}>
              {texts.lookup.submit}
            </LoadingButton>
          </Flex>
        </Flex>
      </Form>
      {state.status === 'failed' && <MoreFailure error={state.error} />}
      {state.status === 'ready' && <LookupResult asked={state.asked} answer={state.answer} />}
    </Flex>
  );
}

function LookupResult({ asked, answer }: { readonly asked: string; readonly answer: LookupAnswer }) {
  const { texts, actionTexts } = usePage();
  const formats = useFormats();
  const {
    email = asked,
    person,
    matchedBy,
    substitutedFor,
    errorCode,
    about,
    resolvedFrom,
    ownerDataAgeSeconds,
  } = answer;
  const reason = errorCode === undefined ? undefined : (actionTexts.errorCode[errorCode] ?? errorCode);
  const title = () => {
    if (reason !== undefined && NOT_NOBODY.includes(errorCode ?? '')) return reason;
    if (person !== undefined) return fill(texts.lookup.found, { email, name: formats.name(person) });
    return NO_EMAIL.includes(errorCode ?? '') ? texts.lookup.noEmail : fill(texts.lookup.notFound, { email });
  };
  const outputs = Object.entries(answer.outputs).filter(([, value]) => value !== '');
  const facts: readonly (readonly [string, string | undefined])[] = [
    [texts.lookup.reason, reason],
    [texts.lookup.about, formats.names(about) || undefined],
    [texts.lookup.matchedBy, matchedBy === undefined ? undefined : actionTexts.matchedBy[matchedBy]],
    [texts.lookup.standsInFor, substitutedFor === undefined ? undefined : formats.name(substitutedFor)],
    [texts.lookup.source, resolvedFrom === undefined ? undefined : actionTexts.resolvedFrom[resolvedFrom]],
    [
      texts.lookup.age,
      ownerDataAgeSeconds === undefined
        ? undefined
        : fill(texts.lookup.seconds, { count: formats.number(ownerDataAgeSeconds) }),
    ],
  ];
  return (
    <Flex direction="column" gap="small">
      <Alert title={title()} variant={person === undefined ? 'warning' : 'success'} />
      <DescriptionList direction="row">
        {facts.map(
          ([label, value]) =>
            value !== undefined && (
              <DescriptionListItem key={label} label={label}>
                <Text>{value}</Text>
              </DescriptionListItem>
            ),
        )}
      </DescriptionList>
      <Accordion title={texts.lookup.outputs} defaultOpen={true}>
        <EntryTable
          density="compact"
          entries={outputs}
          idOf={([output]) => output}
          columns={[
            { label: texts.lookup.output, cell: ([output]) => actionTexts.outputs[output] ?? output },
            { label: texts.lookup.value, cell: ([, value]) => value },
          ]}
        />
      </Accordion>
    </Flex>
  );
}
