// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { PersonAccess, VaultAccessLevel } from '../../../contract/vaultadmin.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useAdministration } from '../administration/administration.ts';
import { useSession } from '../unlock/session.ts';
import { useAccessChanges } from './accessChanges.ts';

const place = { vaultId: 'v', folderId: null };
const nora: PersonAccess = {
  ...{ userId: 'u', name: 'Nora', login: 'nora', isMe: false },
  ...{ access: 'write', hasKey: true, own: null },
  source: { kind: 'group', where: 'here', folderName: '', groups: ['Marketing'] },
};
const { t } = i18n.global;
let bridge: FakeBridge;
/** What the server says of her afterwards. */
let left: VaultAccessLevel;

beforeEach(() => {
  setActivePinia(createPinia());
  left = 'forbidden';
  bridge = fakeBridge({
    vaultAdmin: {
      setPerson: () => done({}),
      setGroup: () => done({}),
      person: () => done({ ...nora, access: left }),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
  useAdministration().overview = { parts: [], permissions: [], features: ['vaultRekey'] };
  enter(true);
});

function enter(clientSideEncryption: boolean): void {
  const current = {
    ...{ id: 'me', login: 'elena', fullName: '', host: 'vault.example', origin: 'https://vault.example' },
    ...{ clientSideEncryption, unlocked: true, current: true, former: false, lastSyncedAt: null },
  };
  useSession().state = { unlocked: true, current, lockReason: 'start' };
}

/** What is asked in the course of a change; each question is put off. */
async function asked(change: Promise<boolean>): Promise<string[]> {
  const questions = useQuestions();
  const texts: string[] = [];
  const answering = setInterval(() => {
    if (questions.current === null) return;
    texts.push(questions.current.text);
    questions.settle(null);
  });
  expect(await change).toBe(true);
  clearInterval(answering);
  return texts;
}

const changes = () => useAccessChanges(place, 'Marketing');

describe('another vault key', () => {
  it('is offered when somebody who had it is set to no access', async () => {
    const texts = await asked(changes().setPerson(nora, 'forbidden', null));
    expect(texts).toEqual([t('vaults.rekeyText', { name: 'Nora' })]);
  });

  it('is offered when a group is taken out', async () => {
    const group = { groupId: 'g', name: 'Marketing' };
    const texts = await asked(changes().setGroup(group, 'notSet'));
    expect(texts).toEqual([t('vaults.rekeyGroupText', { name: 'Marketing' })]);
  });

  it('is not offered to keep out who stays in, never had it, or where there is none', async () => {
    expect(await asked(changes().setPerson(nora, 'read', null))).toEqual([]);
    expect(await asked(changes().setPerson({ ...nora, hasKey: false }, 'forbidden', null))).toEqual([]);
    left = 'read';
    expect(await asked(changes().setPerson(nora, 'notSet', null))).toEqual([]);
    left = 'forbidden';
    enter(false);
    expect(await asked(changes().setPerson(nora, 'forbidden', null))).toEqual([]);
  });
});
