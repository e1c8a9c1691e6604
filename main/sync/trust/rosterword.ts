/**
 * What a signed roster says of somebody's key, as the gate for wraps hears it. The rosters lie in
 * records, which this room does not open, so whoever opens them answers by this interface.
 */

export interface RosterSigner {
  /** As it was when the signer's roster was accepted. */
  readonly name: string;
  /** Signed by the person of this account, maybe on another device. */
  readonly isOwn: boolean;
}

/**
 * `vouched`: every roster that counts and names this person names exactly this key. `differs`: each
 * of them names another one, so either the server lies or the roster does.
 */
export interface RosterWord {
  readonly standing: 'vouched' | 'differs';
  readonly signers: readonly RosterSigner[];
  /** By what names the first signer knows the owner of the key. */
  readonly name: string;
  readonly login: string;
  /** A person has taken this key although the rosters differ. */
  readonly isOverruled: boolean;
}

/** The rosters that count on this device. */
export interface KeyRosters {
  /** Null where none names the person, or where they do not agree whether it is this key. */
  wordOn(userId: string, fingerprint: string): RosterWord | null;
  /** A person has taken this key, whatever rosters say. Durable when it returns. */
  keyAccepted(userId: string, fingerprint: string): void;
}
