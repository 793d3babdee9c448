/**
 * Replaces the AWS SDK's log of calls in the bundles. It logs whole items, including emails, so no client has a logger. Without a
 * logger it does nothing, but is a step of every call.
 */
export const getLoggerPlugin = () => ({ applyToStack() {} });
export const loggerMiddleware = () => (next: unknown) => next;
export const loggerMiddlewareOptions = {};
