import { describe, expect, it } from 'vitest';
import { accessLevels, compareLevels, highestLevel, rightsAt } from './levels.ts';

describe('access levels', () => {
  it('give an administrator the 27 rights that a real server lists', () => {
    expect([...rightsAt('admin')].toSorted()).toEqual(
      [
        ...['read', 'edit', 'copy', 'move', 'delete', 'export', 'activityLog:read', 'security:analyse'],
        ...['access:read', 'access:manage'],
      ]
        .map((right) => `directory:${right}`)
        .concat(['vault:delete', 'vault:leave', 'object:createAndImport'])
        .concat(
          ['read', 'edit', 'delete', 'move', 'copy', 'snapshot:read', 'activityLog:read'].map(
            (right) => `item:${right}`,
          ),
        )
        .concat([
          'shortcut:create',
          'inboxItem:createForReading',
          'inboxItem:createForEditing',
          'link:create',
        ])
        .concat(['item:additionalAccess:read', 'item:additionalAccess:manage', 'bin:manage'])
        .toSorted(),
    );
  });

  it('never lose a right on the way up', () => {
    for (const [rank, level] of accessLevels.slice(1).entries()) {
      const below = accessLevels[rank] ?? 'forbidden';
      expect([...rightsAt(below)].every((right) => rightsAt(level).has(right))).toBe(true);
      expect(rightsAt(level).size).toBeGreaterThan(rightsAt(below).size);
      expect(compareLevels(level, below)).toBeGreaterThan(0);
    }
  });

  it('give nothing to the forbidden', () => {
    expect(rightsAt('forbidden').size).toBe(0);
    expect(highestLevel([])).toBe('forbidden');
    expect(highestLevel(['read', 'full', 'write'])).toBe('full');
  });
});
