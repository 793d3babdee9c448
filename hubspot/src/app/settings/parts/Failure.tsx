import { Alert, Button, ErrorState, Flex, Text } from '@hubspot/ui-extensions';
import type { RequestError } from '../page-client.ts';
import { usePage } from '../page-context.ts';
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

/** A page of a list that failed: what is there stays. */
export function MoreFailure({ error }: { readonly error: RequestError }) {
  const { texts } = usePage();
  return (
    <Alert title={texts.failure.loadTitle} variant="error">
      <Flex direction="column">
        <Text>{describe(texts, error)}</Text>
        <CorrelationId error={error} />
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
        {texts.refusals[state.code ?? 'OTHER']}
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
