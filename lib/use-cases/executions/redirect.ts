import type { Deadline } from '../../domain/deadline.ts';
import type { OwnerEmail } from '../../domain/email.ts';
import type { PortalId } from '../../domain/ids.ts';
import { isOldRefusal, type Resolution } from '../../domain/resolution.ts';
import type { OwnerResolver } from '../../ports/steps.ts';

/** What a value that is an address led to. */
export type Answered = Resolution & { readonly email: OwnerEmail };

/**
 * Undefined where the answer stays as it is.
 * @param resolve resolves another address in the same way: from the cache, or live
 */
type Redirect = (
  portalId: PortalId,
  resolution: Answered,
  deadline: Deadline,
  resolve: (email: OwnerEmail) => Promise<Resolution>,
) => Promise<Resolution | undefined>;

/** A resolver whose answers may lead on to somebody else: to a successor, or to whom an alias names. */
export function redirecting(resolver: OwnerResolver, redirect: Redirect): OwnerResolver {
  return { ...resolver, resolveEmail, lookUpLive };

  async function resolveEmail(portalId: PortalId, input: string, deadline: Deadline): Promise<Resolution> {
    const resolution = await resolver.resolveEmail(portalId, input, deadline);
    if (!isAnswered(resolution)) return resolution;
    const resolve = (email: OwnerEmail) => resolver.resolveEmail(portalId, email, deadline);
    const redirected = await redirect(portalId, resolution, deadline, resolve);
    if (redirected === undefined) return resolution;
    // Somebody may have the address by now: the leaver who is back, or somebody new.
    return isOldRefusal(resolution) ? lookUpLive(portalId, resolution.email, deadline, input) : redirected;
  }

  async function lookUpLive(portalId: PortalId, email: OwnerEmail, deadline: Deadline, input?: string) {
    const resolution = await resolver.lookUpLive(portalId, email, deadline, input);
    const resolve = (other: OwnerEmail) => resolver.lookUpLive(portalId, other, deadline);
    const redirected = isAnswered(resolution) ? await redirect(portalId, resolution, deadline, resolve) : undefined;
    return redirected ?? resolution;
  }
}

/** False for what is no address. */
function isAnswered(resolution: Resolution): resolution is Answered {
  return resolution.email !== undefined;
}
