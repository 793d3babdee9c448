/**
 * Stands in for the AWS SDK's log of calls in the bundles. It logs whole items, emails among them, so no client has a logger.
 * Without one it does nothing, but is a step of every call.
 */
export const getLoggerPlugin = () => ({ applyToStack() {} });
export const loggerMiddleware = () => (next: unknown) => next;
export const loggerMiddlewareOptions = {};
