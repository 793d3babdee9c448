import { parseCompletion, parseCompletions } from '../callback-request.ts';
import { type Reply, refuse, refuseRequest } from '../replies.ts';
import { getParameter, type Route, type RouteRequest, refuseMissingScope } from './route.ts';

/** The version comes after `callbacks` (workflow actions OpenAPI 2026-09, read 2026-11-23). */
const CALLBACKS_PATH = '/automation/actions/callbacks/2026-09';
const CALLBACKS_SCOPE = 'automation';

/** Where a static token names no app. */
const PRIVATE_APP_ID = 3_200_001;

const COMPLETED: Reply = { status: 204, body: undefined };

/** The text of August 2024 and since; before, an unknown id was a 204 like any other (developer forum, read 2026-11-23). */
function notFound({ grant }: RouteRequest, callbackId: string): string {
  return `Callback with ID ${callbackId} not found for App ID ${grant.oauth?.install.appId ?? PRIVATE_APP_ID}`;
}

function completeOne(request: RouteRequest): Reply {
  const callbackId = getParameter(request, 'callbackId');
  const read = parseCompletion(callbackId, request.contentType, request.body);
  if (read.kind === 'refused') return read.reply;
  const refused = request.blocked.complete(request.portal.portalId, read.content, 'allOrNothing');
  return refused === undefined ? COMPLETED : refuse(404, 'OBJECT_NOT_FOUND', notFound(request, callbackId));
}

/** One answer for all: a 204 tells nothing about a single one. */
function completeMany(request: RouteRequest): Reply {
  const read = parseCompletions(request.contentType, request.body);
  if (read.kind === 'refused') return read.reply;
  const isSilent = request.settings.unknownCallback === 'silent';
  const policy = isSilent ? 'each' : 'allOrNothing';
  const refused = request.blocked.complete(request.portal.portalId, read.content, policy);
  return refused === undefined || isSilent ? COMPLETED : refuseRequest(notFound(request, refused));
}

export const callbackRoutes: readonly Route[] = [
  {
    name: 'POST callback',
    method: 'POST',
    template: `${CALLBACKS_PATH}/{callbackId}/complete`,
    queryParameters: [],
    handle: (request) => refuseMissingScope(request, CALLBACKS_SCOPE) ?? completeOne(request),
  },
  {
    name: 'POST callbacks',
    method: 'POST',
    template: `${CALLBACKS_PATH}/complete`,
    queryParameters: [],
    handle: (request) => refuseMissingScope(request, CALLBACKS_SCOPE) ?? completeMany(request),
  },
];
