import { describeError } from '../../domain/describe-error.ts';
import { AppError, MissingScopesError, PortalNotConnectedError, RateLimitedError } from '../../domain/errors.ts';
import { countFault } from '../../observability/report-fault.ts';
import type { Telemetry } from '../../observability/telemetry.ts';
import { MethodNotAllowedError, RequestError, UnreadableRequestError } from '../http-errors.ts';
import type { HttpResult } from '../http-event.ts';
import { correlationIdOf, type HttpMiddleware } from '../middleware.ts';
import { json, publicMessageOf } from '../respond.ts';

/** Why a change is refused before it is read. */
export class ChangeRefusedError extends AppError {
  readonly code: 'NOT_SUPER_ADMIN' | 'CANNOT_BE_PROVED' | 'CHANGE_ID_REUSED' | 'CHANGE_IN_PROGRESS';
  readonly retryable = false;

  constructor(code: ChangeRefusedError['code']) {
    super(REFUSALS[code]);
    this.code = code;
  }
}

const REFUSALS: Readonly<Record<ChangeRefusedError['code'], string>> = {
  NOT_SUPER_ADMIN: 'Only super admins change something',
  CANNOT_BE_PROVED: 'Whether the user is a super admin could not be found out',
  CHANGE_ID_REUSED: 'The same id came with another change',
  CHANGE_IN_PROGRESS: 'The same change is being made right now',
};

/** Turns every error thrown below it into an answer for the settings page, and logs what an operator must know. */
export function mapPortalErrors({ log, metrics }: Telemetry): HttpMiddleware {
  return {
    onError: function mapPortalErrorsOnError(request) {
      const error: unknown = request.error;
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR';
      const isTheirs = error instanceof AppError && !error.retryable;
      log[isTheirs ? 'warn' : 'error']('request failed', { ...describeError(error), code });
      countFault(metrics, error);
      request.response = toAnswer(error, correlationIdOf(request.event, request.context));
    },
  };
}

function toAnswer(error: unknown, correlationId: string): HttpResult {
  if (!(error instanceof AppError)) {
    return answer(500, { code: 'INTERNAL_ERROR', message: 'Something went wrong on our side', correlationId });
  }
  const known = { code: error.code, message: publicMessageOf(error), correlationId };
  if (error instanceof UnreadableRequestError) return answer(400, { ...known, fields: error.fields });
  if (error instanceof MethodNotAllowedError) return answer(405, known, { allow: error.allowed });
  if (error instanceof RequestError) return answer(error.status, known);
  if (error instanceof RateLimitedError) return answer(429, { ...known, retryAfterMs: error.retryAfterMs });
  return answer(statusOf(error), known);
}

function statusOf(error: AppError): number {
  if (error instanceof MissingScopesError) return 403;
  if (error instanceof PortalNotConnectedError) return 409;
  if (!(error instanceof ChangeRefusedError)) return 503;
  return error.code === 'NOT_SUPER_ADMIN' || error.code === 'CANNOT_BE_PROVED' ? 403 : 409;
}

function answer(status: number, error: object, headers: Readonly<Record<string, string>> = {}): HttpResult {
  return json(status, { error }, headers);
}
