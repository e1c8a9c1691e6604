/**
 * Looking for people and groups of the organisation by typing. The server searches, and what it finds
 * comes a stretch at a time; an answer to what was typed before never shows.
 */
import { watchDebounced } from '@vueuse/core';
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import type { Group } from '../../../contract/groups.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export interface FoundPerson {
  readonly id: string;
  /** The full name, or the login of whoever has none. */
  readonly name: string;
  readonly login: string;
}
export type FoundGroup = Group;

export interface FindWish {
  /**
   * `everyone` of the organisation; `receivers` are those whom something can be sent to: neither
   * oneself nor the blocked, whom the main process leaves out; `nobody` where only groups are wanted.
   */
  readonly people: 'everyone' | 'receivers' | 'nobody';
  readonly groups: boolean;
}

interface Stretch<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}
type Ask<Row> = (search: string, offset: number, limit: number) => Promise<Result<Stretch<Row>>>;

const stretchLength = 50;
/** Long enough that not every letter is asked for. */
const pauseMs = 200;

const nothing: Ask<never> = () => Promise.resolve({ ok: true, value: { rows: [], total: 0 } });

const askEveryone: Ask<FoundPerson> = async (search, offset, limit) => {
  const everyone = { roleId: null, groupId: null, blocked: null };
  const answer = await bridge().people.page({ search, ...everyone, offset, limit });
  if (!answer.ok) return answer;
  const { rows, total } = answer.value;
  const named = rows.map(({ id, login, fullName }) => ({ id, name: fullName || login, login }));
  return { ok: true, value: { rows: named, total } };
};

const askReceivers: Ask<FoundPerson> = async (query, offset, limit) => {
  const answer = await bridge().sharing.people({ query, groupId: null, offset, limit });
  return answer.ok ? { ok: true, value: { rows: answer.value.people, total: answer.value.total } } : answer;
};

const askGroups: Ask<FoundGroup> = (search, offset, limit) => bridge().groups.page({ search, offset, limit });

const asksPeople = { everyone: askEveryone, receivers: askReceivers, nobody: nothing } as const;

/** What is found of one kind, and how far the server's list of it was read. */
function createFoundRows<Row>(ask: Ask<Row>) {
  const rows = shallowRef<readonly Row[]>([]);
  /** Counts what is not shown as well, so it is not the number of rows. */
  const read = ref(0);
  const total = ref(0);

  /** Asks for the next stretch, or the first of another search; says how to show it. */
  async function next(search: string, anew: boolean): Promise<Result<() => void>> {
    const offset = anew ? 0 : read.value;
    const answer = await ask(search, offset, stretchLength);
    if (!answer.ok) return answer;
    const { value } = answer;
    const show = (): void => {
      rows.value = anew ? value.rows : [...rows.value, ...value.rows];
      read.value = offset + stretchLength;
      total.value = value.total;
    };
    return { ok: true, value: show };
  }

  return { rows, next, hasMore: computed(() => read.value < total.value) };
}

/** A search that begins at once, with everybody, and again whenever `search` was changed. */
export function useFound(wish: FindWish) {
  const search = ref('');
  const people = createFoundRows<FoundPerson>(asksPeople[wish.people]);
  const groups = createFoundRows<FoundGroup>(wish.groups ? askGroups : nothing);
  const failure = shallowRef<Failure | null>(null);
  /** Whether there was an answer yet. */
  const isAnswered = ref(false);
  let number = 0;

  async function load(anew: boolean): Promise<void> {
    const asked = ++number;
    const text = search.value.trim();
    const lists = [people, groups].filter((list) => anew || list.hasMore.value);
    const answers = await Promise.all(lists.map((list) => list.next(text, anew)));
    if (asked !== number) return;
    isAnswered.value = true;
    failure.value = answers.find((answer) => !answer.ok)?.error ?? null;
    for (const answer of answers) if (answer.ok) answer.value();
  }

  watchDebounced(search, () => load(true), { debounce: pauseMs });
  onScopeDispose(() => (number += 1));
  void load(true);

  return {
    search,
    people: people.rows,
    groups: groups.rows,
    failure,
    hasMore: computed(() => people.hasMore.value || groups.hasMore.value),
    isNobody: computed(
      () => isAnswered.value && people.rows.value.length === 0 && groups.rows.value.length === 0,
    ),
    more: () => load(false),
  };
}
