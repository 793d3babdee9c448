import { AppError } from '../domain/errors.ts';

/** The request itself is at fault, and sending it again cannot help. Its status is what HubSpot gets. */
export abstract class RequestError extends AppError {
  abstract readonly status: 400 | 401 | 404 | 405 | 413;
  readonly retryable = false;
}

/** Signed or not, the body is not an execution. `fields` names what was wrong with it, never a value. */
export class UnreadableRequestError extends RequestError {
  readonly code = 'BAD_REQUEST';
  readonly status = 400;
  readonly fields: readonly string[];

  constructor(message: string, fields: readonly string[] = []) {
    super(message);
    this.fields = fields;
  }
}

/** Whatever was wrong with the signature, the answer is the same: it must not help anyone to make a better one. */
export class UnauthenticRequestError extends RequestError {
  readonly code = 'SIGNATURE_INVALID';
  readonly status = 401;

  constructor() {
    super('The request signature is missing or invalid');
  }
}

/** The signature is good, and that was the whole question: nothing of the request is looked at. */
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
