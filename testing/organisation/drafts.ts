/** A record of the sample before it is encrypted. */
export interface CustomDraft {
  name: string;
  value: string;
  type: 'text' | 'password' | 'totp';
}

export interface AttachmentDraft {
  name: string;
  bytes: Buffer;
}

export interface RecordDraft {
  name: string;
  login: string;
  password: string | null;
  urls: string[];
  description: string | null;
  tags: string[];
  color: number;
  customs: CustomDraft[];
  attachments: AttachmentDraft[];
  /** Passwords that the record had before, oldest first: each becomes a snapshot. */
  formerPasswords: string[];
  isFavorite: boolean;
}

/** A folder of the sample with its records and subfolders. */
export interface FolderDraft {
  name: string;
  records: RecordDraft[];
  folders: FolderDraft[];
}

/** A vault of the sample; records may stand outside any folder. */
export interface VaultDraft {
  name: string;
  records: RecordDraft[];
  folders: FolderDraft[];
}

/** A record with nothing in it but a name. */
export function draft(name: string, members: Partial<RecordDraft> = {}): RecordDraft {
  return {
    name,
    login: '',
    password: null,
    urls: [],
    description: null,
    tags: [],
    color: 0,
    customs: [],
    attachments: [],
    formerPasswords: [],
    isFavorite: false,
    ...members,
  };
}

/** All records of a vault or folder, nested ones included. */
export function recordsIn(place: { records: RecordDraft[]; folders: FolderDraft[] }): RecordDraft[] {
  return [...place.records, ...place.folders.flatMap(recordsIn)];
}
