import { AppError } from '../domain/errors.ts';

/** The request is wrong, and a retry cannot help. HubSpot gets the error's status. */
export abstract class RequestError extends AppError {
  abstract readonly status: 400 | 401 | 404 | 405 | 413;
  readonly retryable = false;
}

/** The body is not an execution, signed or not. `fields` names what was wrong with it, never a value. */
export class UnreadableRequestError extends RequestError {
  readonly code = 'BAD_REQUEST';
  readonly status = 400;
  readonly fields: readonly string[];

  constructor(message: string, fields: readonly string[] = []) {
    super(message);
    this.fields = fields;
  }
}

/** The answer is the same for every signature fault, so that it helps nobody to forge a better one. */
export class UnauthenticRequestError extends RequestError {
  readonly code = 'SIGNATURE_INVALID';
  readonly status = 401;
  /** For the log only. */
  readonly fault: string;

  constructor(fault: string) {
    super('The request signature is missing or invalid');
    this.fault = fault;
  }
}

/** The signature is valid. The request asked only for that, so nothing else in it is read. */
export class ProbeError extends RequestError {
  readonly code = 'SIGNATURE_ACCEPTED';
  readonly status = 400;

  constructor() {
    super('The signature is good; nothing was done');
  }
}

export class RouteNotFoundError extends RequestError {
  readonly code = 'NOT_FOUND';
  readonly status = 404;

  constructor() {
    super('There is nothing at this path');
  }
}

export class MethodNotAllowedError extends RequestError {
  readonly code = 'METHOD_NOT_ALLOWED';
  readonly status = 405;
  readonly allowed: string;

  constructor(allowed: string) {
    super('The method is not allowed for this path');
    this.allowed = allowed;
  }
}

export class PayloadTooLargeError extends RequestError {
  readonly code = 'PAYLOAD_TOO_LARGE';
  readonly status = 413;

  constructor() {
    super('The request body is too large');
  }
}
