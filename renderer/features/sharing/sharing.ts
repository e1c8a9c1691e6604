/**
 * The dialog of sharing: what it is open for, what is offered there, who has what. Everything is
 * asked of the server each time; nothing is remembered when the dialog closes.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { GivenRecord, LinkView, SharedAccess, SharingOffer } from '../../../contract/sharing.ts';
import { bridge } from '../../app/bridge.ts';

/** Records to share, or with none everything that this person has shared. */
export interface SharingTarget {
  readonly recordIds: readonly string[];
  /** The name of the only record; empty for several. */
  readonly name: string;
}

export type SharingTab = 'send' | 'given' | 'links';

export const useSharing = defineStore('sharing', () => {
  const target = shallowRef<SharingTarget | null>(null);
  const offer = shallowRef<SharingOffer | null>(null);
  const tab = ref<SharingTab>('send');
  const given = shallowRef<readonly GivenRecord[] | null>(null);
  const links = shallowRef<readonly LinkView[] | null>(null);
  const failure = shallowRef<Failure | null>(null);
  /** A record that somebody lost just now: what they saw they may remember. */
  const takenFrom = ref<string | null>(null);
  let number = 0;

  const isMine = computed(() => target.value?.recordIds.length === 0);
  const only = computed(() =>
    target.value?.recordIds.length === 1 ? (target.value.recordIds[0] ?? null) : null,
  );
  const tabs = computed((): SharingTab[] => {
    if (isMine.value) return ['given', 'links'];
    const { send = null, seesSent = false, link = false, listsLinks = false } = offer.value ?? {};
    return [
      ...(send === null ? [] : (['send'] as const)),
      ...(seesSent ? (['given'] as const) : []),
      ...(link || listsLinks ? (['links'] as const) : []),
    ];
  });

  /** What is answered for an earlier target is dropped. */
  async function take<T>(asking: Promise<Result<T>>, use: (value: T) => void): Promise<boolean> {
    const asked = number;
    const answer = await asking;
    if (asked !== number) return false;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) use(answer.value);
    return answer.ok;
  }

  async function open(wanted: SharingTarget, first: SharingTab = 'send'): Promise<void> {
    forget();
    target.value = wanted;
    tab.value = first;
    if (wanted.recordIds.length > 0) {
      const asking = bridge().sharing.offered({ recordIds: [...wanted.recordIds] });
      if (!(await take(asking, (value) => (offer.value = value)))) return;
    }
    show(tabs.value.includes(first) ? first : (tabs.value[0] ?? 'send'));
  }

  function show(next: SharingTab): void {
    tab.value = next;
    if (next === 'given') void loadGiven();
    if (next === 'links') void loadLinks();
  }

  function loadGiven(): Promise<boolean> {
    const { sharing } = bridge();
    const asking = only.value === null ? sharing.sent({}) : sharing.given({ recordId: only.value });
    return take(asking, ({ entries }) => (given.value = entries));
  }

  async function loadLinks(): Promise<boolean> {
    // A server of the protocol alone makes links and does not list them.
    if (!isMine.value && offer.value?.listsLinks !== true) {
      links.value ??= [];
      return true;
    }
    return take(bridge().sharing.links({ recordId: only.value }), (value) => (links.value = value.links));
  }

  async function setAccess(entryId: string, access: SharedAccess): Promise<boolean> {
    const isDone = await take(bridge().sharing.setAccess({ entryId, access }), () => undefined);
    const refused = failure.value;
    await loadGiven();
    failure.value ??= refused;
    return isDone;
  }

  async function takeBack(entry: GivenRecord): Promise<boolean> {
    const isDone = await take(bridge().sharing.takeBack({ entryIds: [entry.id] }), () => {
      if (entry.seen) takenFrom.value = entry.recordId;
    });
    if (isDone) await loadGiven();
    return isDone;
  }

  async function endLink(link: LinkView): Promise<boolean> {
    const isDone = await take(bridge().sharing.endLinks({ linkIds: [link.id] }), () => {
      if (link.views > 0) takenFrom.value = link.recordId;
    });
    if (isDone) await loadLinks();
    return isDone;
  }

  /** Goes on with a record that has another id now, because it got a new key. */
  function follow(from: string, to: string): void {
    const { value } = target;
    if (value === null) return;
    const recordIds = value.recordIds.map((id) => (id === from ? to : id));
    target.value = { ...value, recordIds };
    if (takenFrom.value === from) takenFrom.value = null;
  }

  function forget(): void {
    number += 1;
    target.value = null;
    offer.value = null;
    given.value = null;
    links.value = null;
    failure.value = null;
    takenFrom.value = null;
  }

  return {
    ...{ target, offer, tab, tabs, given, links, failure, takenFrom, isMine, only },
    ...{ open, show, loadGiven, loadLinks, setAccess, takeBack, endLink, follow, take, forget },
  };
});
