/**
 * The scripted vaults and who may enter them: one person for each source of access. Those
 * who can be let in are the people of the sample organisation.
 */
import type { GroupAccess, PersonAccess, VaultFacts } from '../../contract/vaultadmin.ts';
import { sampleColleagues, samplePerson } from './sample-team.ts';
import type { Handlers, Stage } from './scripted.ts';

const here = { where: 'here', folderName: '', groups: [] as string[] } as const;

function insiders(): PersonAccess[] {
  return [
    {
      ...{ userId: 'own-anna', name: 'Anna Orlova', login: 'orlova', isMe: true, access: 'admin' },
      ...{ source: { kind: 'person', ...here }, hasKey: true, own: 'admin' },
    },
    {
      ...{ userId: 'verified-boris', name: 'Boris Ivanov', login: 'b.ivanov', isMe: false, access: 'write' },
      ...{ source: { kind: 'person', ...here }, hasKey: true, own: 'write' },
    },
    {
      ...{ userId: 'seen-chief', name: 'Charlotte Weiß', login: 'weiss', isMe: false, access: 'admin' },
      ...{ source: { kind: 'type', ...here }, hasKey: true, own: null },
    },
    {
      ...{ userId: 'unseen-dina', name: 'Дина Петрова', login: 'petrova', isMe: false, access: 'read' },
      ...{ source: { kind: 'group', ...here, groups: ['Ночная смена'] }, hasKey: false, own: null },
    },
  ];
}

function groupsInside(): GroupAccess[] {
  const source = { where: 'here', folderName: '' } as const;
  return [
    { ...{ groupId: 'night', name: 'Ночная смена', memberCount: 12, access: 'read', own: 'read' }, source },
    {
      ...{ groupId: 'audit', name: 'External audit', memberCount: 3, access: 'forbidden', own: null },
      source,
    },
  ];
}

const types = [
  { id: 'company', code: 'company', name: 'Company vaults', mayCreate: true },
  { id: 'user', code: 'privateShared', name: 'User vaults', mayCreate: true },
  { id: 'projects', code: 'custom', name: 'Customer projects', mayCreate: true },
];

const administrators = sampleColleagues
  .slice(0, 2)
  .map(({ id, fullName, login }) => ({ userId: id, name: fullName, login }));

export function scriptVaults(stage: Stage): Pick<Handlers, 'vaultAdmin'> {
  const people = insiders();
  const groups = groupsInside();
  const factsOf = (vaultId: string): VaultFacts => {
    const vault = stage.sample.vaults.find(({ id }) => id === vaultId);
    return {
      ...{ id: vaultId, name: vault?.name ?? '', description: 'Machines, networks and what runs on them.' },
      ...{ typeId: 'company', isShared: vault?.kind !== 'personal', isVisible: true },
      settings: { areLinksAllowed: true, isSendingAllowed: false },
    };
  };
  const outsider = (userId: string): PersonAccess => {
    const { fullName: name, login } = sampleColleagues.find(({ id }) => id === userId) ?? samplePerson(0);
    return {
      ...{ userId, name, login },
      ...{ isMe: false, access: 'forbidden', source: { kind: 'none', ...here }, hasKey: false, own: null },
    };
  };
  return {
    vaultAdmin: {
      types: () => ({ types }),
      administrators: ({ typeId }) => ({ people: typeId === 'user' ? [] : administrators }),
      create: () => ({ vaultId: 'infra' }),
      facts: ({ vaultId }) => factsOf(vaultId),
      describe: () => ({}),
      setSettings: () => ({}),
      setType: () => ({}),
      setVisible: () => ({}),
      leave: () => ({ fails: 'lastAdministrator' }),
      remove: () => ({}),
      deleted: () => ({
        vaults: [
          {
            id: 'old',
            name: 'Old office',
            deletedAt: Date.now() - 3 * 86_400_000,
            deletedBy: 'Boris Ivanov',
          },
          { id: 'trial', name: 'Проба', deletedAt: Date.now() - 40 * 86_400_000, deletedBy: null },
        ],
      }),
      restore: () => ({}),
      erase: () => ({}),
      people: ({ offset, limit }) => ({
        people: people.slice(offset, offset + limit),
        total: people.length,
      }),
      groups: () => ({ groups }),
      person: ({ userId }) => people.find((each) => each.userId === userId) ?? outsider(userId),
      setPerson: ({ userId, access }) => {
        const at = people.findIndex((each) => each.userId === userId);
        if (access === 'notSet' && at >= 0) people.splice(at, 1);
        return {};
      },
      setGroup: () => ({}),
    },
  };
}
