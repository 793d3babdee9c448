import { type Route, refuseMissingScope } from './route.ts';

/** Lets a client check which account a token belongs to. Portal ids are numbers here. */
export const accountInfoRoutes: readonly Route[] = [
  {
    name: 'GET account details',
    method: 'GET',
    template: '/account-info/2026-09/details',
    queryParameters: [],
    handle(request) {
      const { portalId, timeZone, accountType, uiDomain } = request.portal;
      return (
        refuseMissingScope(request, 'oauth') ?? {
          status: 200,
          body: { portalId, timeZone, accountType, uiDomain, dataHostingLocation: 'na1' },
        }
      );
    },
  },
];
