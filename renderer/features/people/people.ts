/** People as the administration shows them: the list by its filters, and the person that is open. */
import { defineStore } from 'pinia';
import { reactive, ref, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { Handout, Invitation, Person, Reach, WholePerson } from '../../../contract/people.ts';
import { bridge } from '../../app/bridge.ts';
import { createRemoteRows } from './rowPages.ts';

export type PersonState = 'all' | 'active' | 'blocked';

/** A secret made for somebody, waiting to be handed over. */
export interface Offered extends Pick<Handout, 'handoutId' | 'keptUntil'> {
  readonly kind: 'password' | 'code';
  /** Whom it is for; empty for an invitation without a name. */
  readonly who: string;
  /** Until when a code can be used. */
  readonly expiresAt: number | null;
}

const blockedBy = { all: null, active: false, blocked: true } as const;

export const usePeople = defineStore('people', () => {
  const filter = reactive({ search: '', roleId: '', groupId: '', state: 'all' as PersonState });
  const rows = createRemoteRows<Person>((offset, limit) =>
    bridge().people.page({
      ...{ search: filter.search, offset, limit, blocked: blockedBy[filter.state] },
      ...{ roleId: filter.roleId || null, groupId: filter.groupId || null },
    }),
  );
  const openId = ref<string | null>(null);
  const open = shallowRef<WholePerson | null>(null);
  const reach = shallowRef<Reach | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const reachFailure = shallowRef<Failure | null>(null);
  const invitations = shallowRef<readonly Invitation[] | null>(null);
  const offered = shallowRef<Offered | null>(null);
  let number = 0;

  const load = (): Promise<void> => rows.restart();

  async function show(userId: string): Promise<void> {
    openId.value = userId;
    open.value = null;
    reach.value = null;
    await readAgain();
  }

  /** Reads the open person once more, after something was done to them. */
  async function readAgain(): Promise<void> {
    const userId = openId.value;
    if (userId === null) return;
    const asked = ++number;
    const [person, reached] = await Promise.all([
      bridge().people.read({ userId }),
      bridge().people.reach({ userId }),
    ]);
    if (asked !== number) return;
    failure.value = person.ok ? null : person.error;
    if (person.ok) open.value = person.value;
    reachFailure.value = reached.ok ? null : reached.error;
    if (reached.ok) reach.value = reached.value;
  }

  function close(): void {
    number += 1;
    openId.value = null;
    open.value = null;
    failure.value = null;
    void load();
  }

  async function loadInvitations(): Promise<Failure | null> {
    const answer = await bridge().people.invitations({});
    if (answer.ok) invitations.value = answer.value.invitations;
    return answer.ok ? null : answer.error;
  }

  async function withdraw(id: string): Promise<Failure | null> {
    const answer = await bridge().people.withdraw({ id });
    return answer.ok ? loadInvitations() : answer.error;
  }

  /** Something done to the open person; then they are read once more. */
  async function act(call: Promise<Result<unknown>>): Promise<Failure | null> {
    const answer = await call;
    if (answer.ok) await readAgain();
    return answer.ok ? null : answer.error;
  }

  /** Ends the handing over; the secret is forgotten. */
  async function handedOver(): Promise<void> {
    const handoutId = offered.value?.handoutId;
    offered.value = null;
    if (handoutId !== undefined) await bridge().people.forgetHandout({ handoutId });
  }

  function forget(): void {
    number += 1;
    rows.drop();
    Object.assign(filter, { search: '', roleId: '', groupId: '', state: 'all' });
    openId.value = null;
    open.value = null;
    reach.value = null;
    failure.value = null;
    invitations.value = null;
    offered.value = null;
  }

  return {
    ...{ filter, rows, openId, open, reach, failure, reachFailure, invitations, offered },
    ...{ load, show, readAgain, close, loadInvitations, withdraw, act, handedOver, forget },
  };
});
