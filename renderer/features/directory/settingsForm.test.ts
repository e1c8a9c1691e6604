import { describe, expect, it } from 'vitest';
import { freshSettings, settingsFrom, typedFrom } from './settingsForm.ts';

const typed = {
  ...freshSettings,
  ...{
    url: 'ldap.corp.example',
    bindDn: 'cn=reader',
    peopleBases: ' ou=people \n\nou=more',
    groupBases: 'ou=groups',
  },
};

describe('the settings of a directory', () => {
  it('come back from the form as they were', () => {
    for (const security of ['ldaps', 'startTls', 'none'] as const) {
      const settings = settingsFrom({ ...typed, security });
      expect(settings).toMatchObject({ people: { bases: ['ou=people', 'ou=more'] }, intervalMinutes: 60 });
      expect(settings && settingsFrom(typedFrom(settings))).toEqual(settings);
    }
  });

  it('have TLS from the start unless something else is chosen', () => {
    expect(settingsFrom(typed)).toMatchObject({ url: 'ldaps://ldap.corp.example', startTls: false });
    expect(settingsFrom({ ...typed, security: 'startTls' })).toMatchObject({
      ...{ url: 'ldap://ldap.corp.example', startTls: true },
    });
  });

  it('are none while something is missing or wrong', () => {
    for (const wrong of [
      ...[{ url: '' }, { bindDn: ' ' }, { peopleBases: '' }, { peopleFilter: '' }],
      ...[{ interval: '1' }, { interval: 'x' }, { attributes: { ...typed.attributes, login: 'a b' } }],
    ]) {
      expect(settingsFrom({ ...typed, ...wrong })).toBeNull();
    }
    expect(settingsFrom({ ...typed, interval: '' })).toMatchObject({ intervalMinutes: null });
  });
});
