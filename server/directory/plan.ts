/**
 * What a sync would change, worked out before anything is written. The preview shows this plan and
 * the sync carries it out, so the two cannot differ; its digest tells whether it still holds.
 *
 * People who are gone from the directory are blocked and keep what they have: an entry that was
 * moved out of sight by mistake costs nobody their keys. Members of a taken group who came by
 * hand, and are not of the directory, stay.
 */
import { createHash } from 'node:crypto';
import { loginForm } from '../storage/people.ts';
import type { FoundPerson, Reading } from './reading.ts';
import { dnForm } from './reading.ts';
import type { DirectoryLink, DirectorySettings } from './settings.ts';

/** Somebody here, as far as a sync is concerned. */
export interface KnownPerson {
  id: string;
  login: string;
  fullName: string;
  email: string;
  isOwner: boolean;
  isBlocked: boolean;
  link: DirectoryLink | null;
  /** Whether whoever set the directory up may do all that this person may. */
  mayBeLed: boolean;
}

/** A group here that a group there stands for. */
export interface KnownGroup {
  id: string;
  name: string;
  memberIds: readonly string[];
}

/** The state that a plan is made against. */
export interface Known {
  people: readonly KnownPerson[];
  groups: ReadonlyMap<string, KnownGroup>;
  /** Whether anybody else on the server, deleted or not, has a login. */
  isTaken(login: string): Promise<boolean>;
}

interface Described {
  login: string;
  fullName: string;
  email: string;
}

export type PlannedChange =
  | ({ kind: 'add'; key: string; dn: string } & Described)
  | ({ kind: 'adopt' | 'change'; userId: string; key: string; dn: string; former: Described } & Described)
  | { kind: 'block' | 'unblock'; userId: string; login: string; dn: string }
  | { kind: 'createGroup'; dn: string; name: string }
  | { kind: 'join'; dn: string; group: string; key: string; login: string }
  | { kind: 'leave'; dn: string; group: string; groupId: string; userId: string; login: string };

/** What a sync leaves as it is, and why. */
export interface Conflict {
  kind: 'loginTaken' | 'loginTwice' | 'unusable' | 'protected' | 'groupMissing' | 'groupCut';
  /** A login, or the DN where there is none. */
  name: string;
}

export interface Plan {
  changes: PlannedChange[];
  conflicts: Conflict[];
  /** Members of taken groups who are not among the people. */
  unknownMembers: number;
  /** How many people here are of the directory. */
  linked: number;
  /** Names this very plan. */
  digest: string;
}

const described = ({ login, fullName, email }: Described): Described => ({ login, fullName, email });
const isSame = (one: Described, other: Described) =>
  one.login === other.login && one.fullName === other.fullName && one.email === other.email;

class Planning {
  readonly changes: PlannedChange[] = [];
  readonly conflicts: Conflict[] = [];
  /** Accounts here by the key of their entry, those that are adopted included. */
  readonly #userIds = new Map<string, string>();
  /** The people that the sync can put into groups, by key. */
  readonly usable = new Map<string, FoundPerson>();
  unknownMembers = 0;
  readonly #reading: Reading;
  readonly #known: Known;
  readonly #settings: Pick<DirectorySettings, 'adopts' | 'membersAre'>;
  readonly #byKey: ReadonlyMap<string, KnownPerson>;
  readonly #byLogin: ReadonlyMap<string, KnownPerson>;

  constructor(reading: Reading, known: Known, settings: Pick<DirectorySettings, 'adopts' | 'membersAre'>) {
    this.#reading = reading;
    this.#known = known;
    this.#settings = settings;
    this.#byKey = new Map(known.people.flatMap((each) => (each.link ? [[each.link.key, each]] : [])));
    this.#byLogin = new Map(known.people.map((each) => [loginForm(each.login), each]));
  }

  async people(): Promise<void> {
    const { people, unusable } = this.#reading;
    const times = new Map<string, number>();
    for (const { login } of people) times.set(loginForm(login), (times.get(loginForm(login)) ?? 0) + 1);
    for (const person of people) {
      if ((times.get(loginForm(person.login)) ?? 0) > 1) this.#refuse('loginTwice', person.login);
      else await this.#person(person);
    }
    for (const { dn } of unusable) this.#refuse('unusable', dn);
    this.#gone();
  }

  groups(taken: DirectorySettings['groups']['taken']): void {
    for (const dn of this.#reading.missingGroups) this.#refuse('groupMissing', dn);
    const groupIds = new Map(taken.map((group) => [group.dn, group.groupId]));
    const people = this.#memberForms();
    for (const { dn, name, members } of this.#reading.groups) {
      const groupId = groupIds.get(dn) ?? '';
      const group = this.#known.groups.get(groupId);
      if (!group) this.changes.push({ kind: 'createGroup', dn, name });
      if (members === null) this.#refuse('groupCut', dn);
      else this.#members(dn, name, group, this.#keysOf(members, people));
    }
  }

  #refuse(kind: Conflict['kind'], name: string): void {
    this.conflicts.push({ kind, name });
  }

  async #person(person: FoundPerson): Promise<void> {
    const linked = this.#byKey.get(person.key);
    const namesake = this.#byLogin.get(loginForm(person.login));
    if (linked) await this.#linked(person, linked, namesake);
    else if (namesake && this.#settings.adopts && namesake.link === null) this.#adopt(person, namesake);
    else if (namesake || (await this.#known.isTaken(person.login))) this.#refuse('loginTaken', person.login);
    else {
      this.usable.set(person.key, person);
      this.changes.push({ kind: 'add', key: person.key, dn: person.dn, ...described(person) });
    }
  }

  async #linked(person: FoundPerson, known: KnownPerson, namesake: KnownPerson | undefined): Promise<void> {
    if (!known.mayBeLed) {
      this.#refuse('protected', known.login);
      return;
    }
    this.usable.set(person.key, person);
    const { id: userId, link } = known;
    this.#userIds.set(person.key, userId);
    if (link?.isGone) this.changes.push({ kind: 'unblock', userId, login: known.login, dn: person.dn });
    if (isSame(person, known) && link?.dn === person.dn) return;
    const isRenamed = loginForm(person.login) !== loginForm(known.login);
    if (isRenamed && (namesake || (await this.#known.isTaken(person.login)))) {
      this.#refuse('loginTaken', person.login);
      return;
    }
    const former = described(known);
    const { key, dn } = person;
    this.changes.push({ kind: 'change', userId, key, dn, former, ...described(person) });
  }

  #adopt(person: FoundPerson, known: KnownPerson): void {
    if (known.isOwner || !known.mayBeLed) {
      this.#refuse('protected', known.login);
      return;
    }
    this.usable.set(person.key, person);
    this.#userIds.set(person.key, known.id);
    const { key, dn } = person;
    const former = described(known);
    this.changes.push({ kind: 'adopt', userId: known.id, key, dn, former, ...described(person) });
  }

  #gone(): void {
    const there = new Set(this.#reading.people.map(({ key }) => key));
    for (const { key } of this.#reading.unusable) if (key !== null) there.add(key);
    for (const { id: userId, login, link, isBlocked, isOwner, mayBeLed } of this.#known.people) {
      if (link === null || link.isGone || there.has(link.key) || isBlocked) continue;
      if (isOwner || !mayBeLed) this.#refuse('protected', login);
      else this.changes.push({ kind: 'block', userId, login, dn: link.dn });
    }
  }

  /** The keys of usable people by the form in which groups name them. */
  #memberForms(): ReadonlyMap<string, string> {
    const isDn = this.#settings.membersAre === 'dn';
    const people = [...this.usable.values()];
    return new Map(people.map(({ key, dn, login }) => [isDn ? dnForm(dn) : loginForm(login), key]));
  }

  #keysOf(members: readonly string[], people: ReadonlyMap<string, string>): Set<string> {
    const form = this.#settings.membersAre === 'dn' ? dnForm : loginForm;
    const keys = members.flatMap((member) => people.get(form(member)) ?? []);
    this.unknownMembers += members.length - keys.length;
    return new Set(keys);
  }

  #members(dn: string, name: string, group: KnownGroup | undefined, keys: ReadonlySet<string>): void {
    const inside = new Set(group?.memberIds);
    const groupName = group?.name ?? name;
    for (const key of keys) {
      const person = this.usable.get(key);
      if (!person || inside.has(this.#userIds.get(key) ?? '')) continue;
      this.changes.push({ kind: 'join', dn, group: groupName, key, login: person.login });
    }
    if (!group) return;
    for (const { id: userId, login, link } of this.#known.people) {
      const isToldHere = link !== null && this.usable.has(link.key) && !keys.has(link.key);
      if (!isToldHere || !inside.has(userId)) continue;
      this.changes.push({ kind: 'leave', dn, group: groupName, groupId: group.id, userId, login });
    }
  }
}

/** What a sync from this reading would do. */
export async function planSync(
  reading: Reading,
  known: Known,
  settings: Pick<DirectorySettings, 'adopts' | 'membersAre' | 'groups'>,
): Promise<Plan> {
  const planning = new Planning(reading, known, settings);
  await planning.people();
  planning.groups(settings.groups.taken);
  const { changes, conflicts, unknownMembers } = planning;
  const digest = createHash('sha256')
    .update(JSON.stringify([changes, conflicts]))
    .digest('hex');
  const linked = known.people.filter(({ link }) => link !== null).length;
  return { changes, conflicts, unknownMembers, linked, digest };
}

const fewAreNormal = 5;
const normalShare = 0.2;

/**
 * True when so many people would be blocked that a wrong filter is likelier than an exodus. Nothing
 * of that kind happens unless somebody has seen the plan.
 */
export function blocksTooMany(plan: Plan): boolean {
  const blocked = plan.changes.filter(({ kind }) => kind === 'block').length;
  return blocked > Math.max(fewAreNormal, plan.linked * normalShare);
}
