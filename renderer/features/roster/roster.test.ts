// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { TooltipProvider } from 'reka-ui';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { h, type Component } from 'vue';
import { done, fakeBridge, type FakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { FoundRosterView, RosterProposal, RosterState } from '../../../contract/roster.ts';
import { i18n } from '../../app/i18n.ts';
import ReceivedRosters from './ReceivedRosters.vue';
import SignRosterDialog from './SignRosterDialog.vue';

const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
const found = (state: RosterState, keyFingerprint = 'ab'.repeat(32)): FoundRosterView => ({
  ...{ recordId: `r-${state}`, recordName: 'Key roster', vaultName: 'Office', state },
  content: {
    ...{ keyFingerprint, words, signerName: 'Anna', number: 2, signedAt: 1_790_000_000_000, count: 14 },
  },
});
const person = (userId: string, isOwn = false): RosterProposal['people'][number] => ({
  ...{ userId, name: `Person ${userId}`, login: userId, since: 'new', isOwn },
});
const last = { vaultId: 'v2', vaultName: 'Office', recordName: 'Keys', signedAt: 1 };
let rosters: FoundRosterView[];
let proposal: RosterProposal;
let bridge: FakeBridge;

beforeEach(() => {
  setActivePinia(createPinia());
  i18n.global.locale.value = 'en';
  document.body.innerHTML = '<main id="screen"></main>';
  rosters = [found('unknown')];
  proposal = { obstacle: null, words, people: [person('me', true), person('u1')], leaving: [], last };
  bridge = fakeBridge({
    roster: {
      list: () => done({ rosters, canSign: true }),
      accept: () => done({}),
      propose: () => done(proposal),
      sign: () => done({ recordId: 'r', count: 2 }),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});
afterEach(() => (document.body.innerHTML = ''));

async function open(component: Component): Promise<void> {
  const wrapped = { render: () => h(TooltipProvider, () => h(component)) };
  mount(wrapped, { global: { plugins: [i18n] }, attachTo: document.body });
  await flushPromises();
}
function part(id: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(`[data-testid=${id}]`);
  if (element === null) throw new Error(`There is no ${id}.`);
  return element;
}
async function press(id: string): Promise<void> {
  part(id).click();
  await flushPromises();
}
const inputsOf = (name: string): unknown[] =>
  bridge.calls.filter((call) => call.name === name).map(({ input }) => input);

describe('a signed list that was found', () => {
  it('is accepted only after the person has said that the words were compared', async () => {
    await open(ReceivedRosters);
    await press('roster-accept');
    expect(part('accept-roster').textContent).toContain('eight');
    await press('roster-accept-confirm');
    expect(inputsOf('roster.accept')).toEqual([]);
    await press('roster-compared');
    await press('roster-accept-confirm');
    expect(inputsOf('roster.accept')).toEqual([{ recordId: 'r-unknown', keyFingerprint: 'ab'.repeat(32) }]);
  });

  it('can be given up where it is somebody else’s, and shows its words where it is one’s own', async () => {
    rosters = [found('own'), found('rolledBack'), found('accepted', 'cd'.repeat(32))];
    await open(ReceivedRosters);
    expect(part('roster-own-words').textContent).toBe(words.join(' '));
    expect(document.querySelectorAll('[data-testid=roster-withdraw]')).toHaveLength(1);
    expect(document.querySelector('[data-testid=roster-accept]')).toBeNull();
  });

  it('is none, and nothing is shown', async () => {
    rosters = [];
    await open(ReceivedRosters);
    expect(document.querySelector('[data-testid=received-rosters]')).toBeNull();
  });
});

describe('signing a list', () => {
  it('replaces the last one where it lies', async () => {
    await open(SignRosterDialog);
    expect(part('roster-count').textContent).toBe('2 people go in');
    await press('roster-sign-confirm');
    expect(inputsOf('roster.sign')).toEqual([{ vaultId: 'v2', recordName: 'Keys' }]);
  });

  it.each<[string, Partial<RosterProposal>]>([
    ['nobody was compared', { people: [person('me', true)] }],
    ['the own key is too short', { obstacle: 'weakKey', people: [], words: [], last: null }],
    ['there is no vault to put it into', { last: null }],
  ])('is not possible while %s', async (_, change) => {
    proposal = { ...proposal, ...change };
    await open(SignRosterDialog);
    expect(document.querySelector('.banner')).not.toBeNull();
    await press('roster-sign-confirm');
    expect(inputsOf('roster.sign')).toEqual([]);
  });

  it('names some of those who are in it no longer, and counts the others', async () => {
    const leaving = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((userId) => ({
      userId,
      name: userId,
      login: '',
    }));
    proposal = { ...proposal, leaving };
    await open(SignRosterDialog);
    expect(part('roster-leaving').textContent).toContain('a, b, c, d, e and 2 more');
  });
});
