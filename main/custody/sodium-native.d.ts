/** The part of libsodium's binding that this room uses; the package carries no types of its own. */
declare module 'sodium-native' {
  const sodium: {
    readonly crypto_pwhash_SALTBYTES: number;
    readonly crypto_pwhash_ALG_ARGON2ID13: number;
    readonly crypto_kdf_KEYBYTES: number;
    readonly crypto_kdf_CONTEXTBYTES: number;
    readonly crypto_aead_xchacha20poly1305_ietf_ABYTES: number;
    readonly crypto_aead_xchacha20poly1305_ietf_NPUBBYTES: number;
    readonly crypto_secretstream_xchacha20poly1305_ABYTES: number;
    readonly crypto_secretstream_xchacha20poly1305_STATEBYTES: number;
    readonly crypto_secretstream_xchacha20poly1305_HEADERBYTES: number;
    readonly crypto_secretstream_xchacha20poly1305_TAG_MESSAGE: number;
    readonly crypto_secretstream_xchacha20poly1305_TAG_FINAL: number;

    sodium_memzero(bytes: Uint8Array): void;
    /** Throws when the system's limit of locked memory is reached. */
    sodium_mlock(bytes: Uint8Array): void;
    randombytes_buf(bytes: Uint8Array): void;

    /** Runs on a thread of the pool. */
    crypto_pwhash_async(
      out: Uint8Array,
      password: Uint8Array,
      salt: Uint8Array,
      opsLimit: number,
      memLimit: number,
      algorithm: number,
    ): Promise<void>;
    crypto_kdf_derive_from_key(
      subkey: Uint8Array,
      subkeyId: number,
      context: Uint8Array,
      key: Uint8Array,
    ): void;
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      out: Uint8Array,
      message: Uint8Array,
      associated: Uint8Array,
      unused: null,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number;
    /** Throws when the ciphertext does not authenticate. */
    crypto_aead_xchacha20poly1305_ietf_decrypt(
      out: Uint8Array,
      unused: null,
      ciphertext: Uint8Array,
      associated: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number;
    crypto_secretstream_xchacha20poly1305_init_push(
      state: Uint8Array,
      header: Uint8Array,
      key: Uint8Array,
    ): void;
    crypto_secretstream_xchacha20poly1305_init_pull(
      state: Uint8Array,
      header: Uint8Array,
      key: Uint8Array,
    ): void;
    crypto_secretstream_xchacha20poly1305_push(
      state: Uint8Array,
      out: Uint8Array,
      message: Uint8Array,
      associated: null,
      tag: number,
    ): number;
    /** Throws when the chunk does not authenticate in its place. */
    crypto_secretstream_xchacha20poly1305_pull(
      state: Uint8Array,
      out: Uint8Array,
      tag: Uint8Array,
      ciphertext: Uint8Array,
      associated: null,
    ): number;
  };
  export default sodium;
}
