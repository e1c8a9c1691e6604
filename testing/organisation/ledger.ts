/**
 * What the builder wrote, in the clear: the lists that leak tests search for.
 *
 * `secrets` must be found nowhere but on the devices of those entitled to them;
 * `readableByServer` may be known to the server while it runs, but not stand in its files.
 */

export type SecretKind =
  | 'password'
  | 'formerPassword'
  | 'customName'
  | 'customValue'
  | 'attachment'
  | 'recordKey'
  | 'attachmentKey'
  | 'vaultKey'
  | 'linkCode'
  | 'privateKey'
  | 'masterKey'
  | 'masterPassword'
  | 'loginPassword';

export interface SampleSecret {
  kind: SecretKind;
  /** Id of the record, vault or account that the secret belongs to. */
  ownerId: string;
  /** Name of the field, file or key within its owner. */
  field: string;
  plaintext: string;
}

export interface Ledger {
  readonly secrets: SampleSecret[];
  readonly readableByServer: Set<string>;
  secret(kind: SecretKind, ownerId: string, field: string, plaintext: string | Uint8Array): void;
  readable(...texts: (string | null)[]): void;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const secrets: SampleSecret[] = [];
  const readableByServer = new Set<string>();
  return {
    secrets,
    readableByServer,
    secret(kind, ownerId, field, plaintext) {
      const text = typeof plaintext === 'string' ? plaintext : Buffer.from(plaintext).toString('latin1');
      if (text !== '') secrets.push({ kind, ownerId, field, plaintext: text });
    },
    readable(...texts) {
      for (const text of texts) if (text) readableByServer.add(text);
    },
  };
}
