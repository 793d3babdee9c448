import type { SimulatedApp } from './apps.ts';
import { readForm } from './form.ts';
import { refuseOAuth } from './oauth-errors.ts';
import { type Reply, refuse } from './replies.ts';
import type { OpenRequest } from './routes/open-route.ts';

export type ClientCall = { readonly app: SimulatedApp; readonly fields: ReadonlyMap<string, string> };

/**
 * Reads the form of an app's own server and checks its credentials. They must be in the form, because queries appear in logs and
 * HubSpot documents no other place (token endpoint, read 2026-11-23).
 */
export function readClientCall(request: OpenRequest, otherFields: readonly string[]): ClientCall | Reply {
  const { state, settings, report } = request;
  const form = readForm(request.contentType, request.body, ['client_id', 'client_secret', ...otherFields]);
  if ('wrong' in form) {
    report(form.wrong);
    return refuse(form.status, 'VALIDATION_ERROR', form.wrong);
  }
  const { fields } = form;
  const app = state.apps.get(fields.get('client_id') ?? '');
  if (app === undefined) return refuseOAuth('BAD_CLIENT_ID', settings);
  if (fields.get('client_secret') !== app.clientSecret) return refuseOAuth('BAD_CLIENT_SECRET', settings);
  return { app, fields };
}
