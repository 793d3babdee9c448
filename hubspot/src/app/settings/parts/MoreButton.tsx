import { Flex, LoadingButton } from '@hubspot/ui-extensions';
import { usePage } from '../page-context.ts';
import type { Pages } from '../use-request.ts';
import { MoreFailure } from './Failure.tsx';

/** Below a list that has further pages. */
export function MoreButton({ pages }: { readonly pages: Pages<unknown> }) {
  const { texts } = usePage();
  const { state, more } = pages;
  if (state.status !== 'ready' || state.value.after === undefined) return null;
  return (
    <Flex direction="column" gap="small" align="start">
      {more.error !== undefined && <MoreFailure error={more.error} />}
      <LoadingButton loading={more.isLoading} onClick={more.load}>
        {texts.common.loadMore}
      </LoadingButton>
    </Flex>
  );
}
