import type { CallbackCompletion, CompletionOutcome } from '../blocked-executions.ts';
import { parseCompletion, parseCompletions } from '../callback-request.ts';
import { type Reply, refuse } from '../replies.ts';
import { getParameter, type Route, type RouteRequest, refuseMissingScope } from './route.ts';

/** The version comes after `callbacks` (workflow actions OpenAPI 2026-09, read 2026-11-23). */
const CALLBACKS_PATH = '/automation/actions/callbacks/2026-09';
const CALLBACKS_SCOPE = 'automation';

/** Used if a static token names no app. */
const PRIVATE_APP_ID = 3_200_001;

const COMPLETED: Reply = { status: 204, body: undefined };

/** The text of August 2024 and since; before, an unknown id was a 204 like any other (developer forum, read 2026-11-23). */
function refuseUnknown(request: RouteRequest, callbackId: string, isSingle: boolean): Reply {
  const { grant, settings } = request;
  const appId = grant.oauth?.install.appId ?? PRIVATE_APP_ID;
  const message = `Callback with ID ${callbackId} not found for App ID ${appId}`;
  const byRoute = isSingle ? 404 : 400;
  const status = Number(settings.unknownCallback) || byRoute;
  return refuse(status, status === 404 ? 'OBJECT_NOT_FOUND' : 'VALIDATION_ERROR', message);
}

/** An undocumented answer; the documents only name 204 (read 2026-11-26). */
function answerAccepted({ settings }: RouteRequest, { completed, refused }: CompletionOutcome): Reply {
  const errors = refused.map((callbackId) => ({
    status: 'error',
    message: 'not found',
    context: { ids: [callbackId] },
  }));
  switch (settings.completionReply) {
    case '204':
      return COMPLETED;
    case '200':
      return { status: 200, body: undefined };
    case '202':
      return { status: 202, body: undefined };
    case '200error':
      if (errors.length === 0) return COMPLETED;
      return { status: 200, body: { status: 'error', message: 'Some callbacks were not completed', errors } };
    case '207':
      return { status: 207, body: { results: completed.map((callbackId) => ({ callbackId })), errors } };
  }
}

function complete(request: RouteRequest, completions: readonly CallbackCompletion[]): Reply {
  const { portal, blocked, settings } = request;
  const isSilent = settings.unknownCallback === 'silent';
  const policy = isSilent ? 'each' : settings.completionPolicy;
  const outcome = blocked.complete(portal.portalId, completions, policy, settings.callbackKnownAfterMs);
  const [refused] = outcome.refused;
  const isNamed = settings.completionReply === '207' || settings.completionReply === '200error';
  if (refused === undefined || isSilent || (isNamed && completions.length > 1)) return answerAccepted(request, outcome);
  return refuseUnknown(request, refused, completions.length === 1);
}

function completeOne(request: RouteRequest): Reply {
  const read = parseCompletion(getParameter(request, 'callbackId'), request.contentType, request.body);
  return read.kind === 'refused' ? read.reply : complete(request, read.content);
}

/** One answer for all: a 204 says nothing about a single one. */
function completeMany(request: RouteRequest): Reply {
  const read = parseCompletions(request.contentType, request.body);
  return read.kind === 'refused' ? read.reply : complete(request, read.content);
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
