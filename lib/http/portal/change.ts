import type { Change, ChangeAnswer } from '../../domain/change.ts';
import type { Deadline } from '../../domain/deadline.ts';
import type { OwnerId } from '../../domain/ids.ts';
import { readAliasTarget, readOwnerRef } from '../../domain/owner-ref.ts';
import type { Changed, Draft } from '../../use-cases/page/change-once.ts';
import { UnreadableRequestError } from '../http-errors.ts';
import type { HttpEvent } from '../http-event.ts';
import { ChangeRefusedError } from './errors.ts';
import { type Asker, aliasIdOf, demandField, hashOf, readAlias, readBody, readChangeIdParameter } from './request.ts';
import type { PortalRoute, Reading } from './routes.ts';
import type { PortalServices } from './services.ts';

type ChangeRoute = Exclude<PortalRoute, { readonly kind: Reading }>;

type Order = {
  readonly changeId: string;
  /** What distinguishes it from another change with the same ID. */
  readonly parts: readonly string[];
  readonly isReplacedBy?: (change: Change) => boolean;
  readonly work: (draft: Draft) => Promise<Changed>;
};

/**
 * Makes a change, once for each ID.
 * @throws {ChangeRefusedError} if the user is not a super admin, or that cannot be checked
 */
export async function change(
  services: PortalServices,
  asker: Asker,
  route: ChangeRoute,
  event: HttpEvent,
  deadline: Deadline,
): Promise<ChangeAnswer & { readonly changeId: string }> {
  const { ensureConnected, proveAdmin, changeOnce } = services;
  const { parts, work, ...order } = readOrder(services, asker, route, event, deadline);
  await ensureConnected(asker.portalId, deadline);
  const proof = await proveAdmin(asker.portalId, asker.userId, deadline);
  if (!proof.isAdmin) {
    throw new ChangeRefusedError(proof.reason === 'NOT_SUPER_ADMIN' ? 'NOT_SUPER_ADMIN' : 'CANNOT_BE_PROVED');
  }
  const answer = await changeOnce({ ...asker, ...order, payloadHash: hashOf(asker, route.kind, ...parts) }, work);
  if (answer === 'conflict') throw new ChangeRefusedError('CHANGE_ID_REUSED');
  if (answer === 'running') throw new ChangeRefusedError('CHANGE_IN_PROGRESS');
  return { changeId: order.changeId, ...answer };
}

const SUCCESSOR: ReadonlySet<string> = new Set<Change['action']>(['setSuccessor', 'removeSuccessor']);
const NIGHTLY: ReadonlySet<string> = new Set<Change['action']>(['setNightly', 'removeNightly']);

function ofLeaver(leaverId: OwnerId, actions: ReadonlySet<string>) {
  return (change: Change): boolean => actions.has(change.action) && change.leaverId === leaverId;
}

function readOrder(
  { makeChange, changeHandover }: PortalServices,
  { portalId, userId }: Asker,
  route: ChangeRoute,
  event: HttpEvent,
  deadline: Deadline,
): Order {
  switch (route.kind) {
    case 'setSuccessor': {
      const { changeId, successor } = readBody(event, 'successor');
      const ref = demandField('successor', readOwnerRef(successor));
      const work = () => makeChange.nameSuccessor(portalId, route.leaverId, ref, deadline);
      return { changeId, parts: [route.leaverId, successor], work, isReplacedBy: ofLeaver(route.leaverId, SUCCESSOR) };
    }
    case 'removeSuccessor': {
      const work = (draft: Draft) => makeChange.removeSuccessor(portalId, route.leaverId, draft, deadline);
      const isReplacedBy = ofLeaver(route.leaverId, SUCCESSOR);
      return { changeId: readChangeIdParameter(event), parts: [route.leaverId], work, isReplacedBy };
    }
    case 'setAlias': {
      const { changeId, alias, to } = readBody(event, 'alias');
      const [name, target] = [readAlias(alias), demandField('to', readAliasTarget(to))];
      const work = () => makeChange.saveAlias(portalId, name, target, deadline);
      return { changeId, parts: [name.alias, to], work, isReplacedBy: ({ alias: other }) => other === name.alias };
    }
    case 'removeAlias': {
      const { aliasId } = route;
      const isMeant = (name: Parameters<typeof aliasIdOf>[1]) => aliasIdOf(portalId, name) === aliasId;
      const work = (draft: Draft) => makeChange.removeAlias(portalId, isMeant, draft, deadline);
      const isReplacedBy = ({ alias }: Change) => alias !== undefined && isMeant({ alias });
      return { changeId: readChangeIdParameter(event), parts: [aliasId], work, isReplacedBy };
    }
    case 'planHandover': {
      const { changeId, leaver, target, clear } = readBody(event, 'plan');
      if (target !== undefined && clear) throw new UnreadableRequestError('The body is not valid', ['target']);
      const from = demandField('leaver', readOwnerRef(leaver));
      const to = target === undefined ? undefined : demandField('target', readOwnerRef(target));
      const asked = { portalId, userId, leaver: from, target: clear ? ('clear' as const) : to, requestId: changeId };
      const parts = [leaver, target ?? '', String(clear ?? false)];
      return { changeId, parts, work: () => changeHandover.plan(asked, deadline) };
    }
    case 'startHandover': {
      const { changeId, digest } = readBody(event, 'start');
      const { handoverId } = route;
      const work = () => changeHandover.start(portalId, handoverId, digest, changeId);
      return { changeId, parts: [handoverId, digest], work };
    }
    case 'stopHandover':
    case 'undoHandover': {
      const { changeId } = readBody(event, 'change');
      const { handoverId } = route;
      const edit = route.kind === 'stopHandover' ? changeHandover.stop : changeHandover.undo;
      return { changeId, parts: [handoverId], work: () => edit(portalId, handoverId, changeId) };
    }
    case 'setNightly':
    case 'removeNightly': {
      const isNightly = route.kind === 'setNightly';
      const changeId = isNightly ? readBody(event, 'change').changeId : readChangeIdParameter(event);
      const work = () => changeHandover.setNightly(portalId, route.leaverId, isNightly, deadline);
      return { changeId, parts: [route.leaverId], work, isReplacedBy: ofLeaver(route.leaverId, NIGHTLY) };
    }
    case 'refresh':
      return { changeId: readBody(event, 'change').changeId, parts: [], work: () => makeChange.refresh(portalId) };
  }
}
