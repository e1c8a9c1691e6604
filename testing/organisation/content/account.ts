/** The pieces that the departments' vaults are made of. */
import type { FolderDraft, RecordDraft } from '../drafts.ts';
import { draft } from '../drafts.ts';
import type { Choices } from '../random.ts';
import { recoveryCodes } from './files.ts';

/** The domain of the sample organisation, in a reserved top-level domain. */
export const zone = 'severny-veter.example';

/** What an account of an outside service looks like. */
export interface Shape {
  login?: string;
  url?: string;
  tags: string[];
  color?: number;
  description?: string;
  /** Adds a TOTP field. */
  twoFactor?: boolean;
}

/** A record of an account somewhere. */
export function account(choices: Choices, name: string, shape: Shape): RecordDraft {
  return draft(name, {
    login: shape.login ?? `office@${zone}`,
    password: choices.password(),
    urls: shape.url === undefined ? [] : [shape.url],
    tags: shape.tags,
    color: shape.color ?? 0,
    description: shape.description ?? null,
    customs: shape.twoFactor ? [{ name: 'TOTP', value: choices.totpSecret(), type: 'totp' }] : [],
    formerPasswords: choices.oneIn(10) ? [choices.password()] : [],
    attachments: shape.twoFactor && choices.oneIn(3) ? [recoveryCodes(choices, name)] : [],
    isFavorite: choices.oneIn(18),
  });
}

/** A folder with records and, perhaps, folders. */
export function folder(name: string, records: RecordDraft[], folders: FolderDraft[] = []): FolderDraft {
  return { name, records, folders };
}
