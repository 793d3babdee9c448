import { Alert } from '@hubspot/ui-extensions';
import { usePage } from '../page-context.ts';

/** Says why somebody sees no buttons. */
export function ReadOnlyNotice() {
  const { texts, viewer } = usePage();
  if (viewer.canChange) return null;
  return (
    <Alert title={texts.viewer.title} variant="info">
      {texts.viewer[viewer.reason ?? 'CANNOT_BE_PROVED']}
    </Alert>
  );
}
