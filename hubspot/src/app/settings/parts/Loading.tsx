import { LoadingSpinner } from '@hubspot/ui-extensions';
import { usePage } from '../page-context.ts';

export function Loading() {
  const { texts } = usePage();
  return <LoadingSpinner label={texts.common.loading} showLabel={true} layout="centered" />;
}
