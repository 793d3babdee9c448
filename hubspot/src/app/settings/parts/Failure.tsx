import { Alert, Button, ErrorState, Flex, Text } from '@hubspot/ui-extensions';
import type { RequestError } from '../page-client.ts';
import { type PageAlert, usePage } from '../page-context.ts';
import type { Texts } from '../texts/en.ts';
import { fill } from '../texts.ts';
import type { ChangeState } from '../use-change.ts';

/** What happened and what to do, in the place of what could not be loaded. */
export function LoadFailure({ error, retry }: { readonly error: RequestError; readonly retry: () => void }) {
  const { texts } = usePage();
  const isLocked = error.code === 'MISSING_SCOPES' || error.code === 'SIGNATURE_INVALID';
  return (
    <ErrorState title={texts.failure.loadTitle} type={isLocked ? 'lock' : 'error'}>
      <Text>{describe(texts, error)}</Text>
      <CorrelationId error={error} />
      <Button onClick={retry}>{texts.common.retry}</Button>
    </ErrorState>
  );
}

type MoreFailureProps = { readonly error: RequestError | undefined; readonly retry?: () => void };

/** What could not be loaded besides what is there, which stays. Without `retry`, the button that loads it is still there. */
export function MoreFailure({ error, retry }: MoreFailureProps) {
  const { texts } = usePage();
  if (error === undefined) return null;
  return (
    <Alert title={texts.failure.loadTitle} variant="error">
      <Flex direction="column">
        <Text>{describe(texts, error)}</Text>
        <CorrelationId error={error} />
        {retry !== undefined && (
          <Flex direction="row">
            <Button onClick={retry}>{texts.common.retry}</Button>
          </Flex>
        )}
      </Flex>
    </Alert>
  );
}

/** Why nobody can say that a change was made. The button that made it is still there for a retry. */
export function ChangeFailure({ state }: { readonly state: ChangeState }) {
  const { texts } = usePage();
  if (state.status === 'refused') {
    return (
      <Alert title={texts.refusals.title} variant="warning">
        {describeRefusal(texts, state.code)}
      </Alert>
    );
  }
  if (state.status !== 'failed') return null;
  return (
    <Alert title={texts.failure.changeTitle} variant="error">
      <Flex direction="column">
        <Text>{describe(texts, state.error)}</Text>
        <CorrelationId error={state.error} />
      </Flex>
    </Alert>
  );
}

/** The same where the form is gone that made the change. */
export function changeAlert(texts: Texts, state: ChangeState): PageAlert | undefined {
  if (state.status === 'refused') {
    return { type: 'warning', title: texts.refusals.title, message: describeRefusal(texts, state.code) };
  }
  if (state.status !== 'failed') return undefined;
  return { type: 'danger', title: texts.failure.changeTitle, message: describe(texts, state.error) };
}

/** The service also refuses what lacks a permission or a connection, under the codes of failures. */
function describeRefusal({ refusals, failure }: Texts, code = 'OTHER'): string {
  const known = new Map(Object.entries<string>({ ...failure, ...refusals }));
  return known.get(code) ?? refusals.OTHER;
}

function CorrelationId({ error }: { readonly error: RequestError }) {
  const { texts } = usePage();
  if (error.correlationId === undefined) return null;
  return <Text variant="microcopy">{fill(texts.common.correlationId, { id: error.correlationId })}</Text>;
}

function describe({ failure }: Texts, { code, retryAfterMs = 10_000 }: RequestError): string {
  const known = new Map(Object.entries<string>(failure));
  const text = known.get(code) ?? failure.SERVICE_FAULT;
  return fill(text, { seconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) });
}
