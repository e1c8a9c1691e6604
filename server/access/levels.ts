/**
 * Access levels and the rights that each brings.
 *
 * The levels and the rights' names are those of Passwork 7 (user guide "Access rights",
 * and the `permissions` of a vault as a real server answers them). Only `admin` has been
 * seen on the wire as a level's code; the others are this server's choice.
 */
export const accessLevels = ['forbidden', 'read', 'write', 'full', 'admin'] as const;
export type AccessLevel = (typeof accessLevels)[number];

const rightsAddedBy = {
  forbidden: [],
  read: ['directory:read', 'item:read', 'item:copy', 'vault:leave'],
  write: [
    'directory:copy',
    'object:createAndImport',
    'item:edit',
    'item:delete',
    'item:snapshot:read',
    'shortcut:create',
    'inboxItem:createForReading',
    'inboxItem:createForEditing',
    'link:create',
  ],
  full: [
    'directory:edit',
    'directory:delete',
    'directory:export',
    'directory:activityLog:read',
    'directory:access:read',
    'item:move',
    'item:activityLog:read',
    'item:additionalAccess:read',
    'bin:manage',
  ],
  admin: [
    'directory:move',
    'directory:security:analyse',
    'directory:access:manage',
    'vault:delete',
    'item:additionalAccess:manage',
  ],
} as const;

/** A right on a vault, a folder or a record. */
export type Right = (typeof rightsAddedBy)[AccessLevel][number];

const rightsOf = new Map<AccessLevel, ReadonlySet<Right>>(
  accessLevels.map((level, rank) => [
    level,
    new Set(accessLevels.slice(0, rank + 1).flatMap((lower): readonly Right[] => rightsAddedBy[lower])),
  ]),
);

const noRights: ReadonlySet<Right> = new Set();

/** All rights that a level brings, those of lower levels included. */
export function rightsAt(level: AccessLevel): ReadonlySet<Right> {
  return rightsOf.get(level) ?? noRights;
}

/** A positive number when `one` is the higher level, negative when lower, 0 when equal. */
export function compareLevels(one: AccessLevel, other: AccessLevel): number {
  return accessLevels.indexOf(one) - accessLevels.indexOf(other);
}

/** The highest of some levels; `forbidden` of none. */
export function highestLevel(levels: Iterable<AccessLevel>): AccessLevel {
  let highest: AccessLevel = 'forbidden';
  for (const level of levels) if (compareLevels(level, highest) > 0) highest = level;
  return highest;
}

/** The level's name as it is shown. */
export const levelNames: Readonly<Record<AccessLevel, string>> = {
  forbidden: 'Forbidden',
  read: 'Read',
  write: 'Read and edit',
  full: 'Full access',
  admin: 'Administrator',
};
