/**
 * MD5 (RFC 1321). Browsers have none, and the protocol's envelope derives its AES key with it. Nothing
 * here relies on MD5 being hard to collide: what it hashes is a secret code and a salt.
 */

/** Turns of each step, by round (RFC 1321, section 3.4). */
const turns = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];

/** The table of the RFC: the whole part of 2^32 times the sine of each step's number. */
const sines = Uint32Array.from({ length: 64 }, (_, step) =>
  Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32),
);

/**
 * The message with a 1 bit, zeros and its length in bits behind it, in whole blocks.
 *
 * @param {Uint8Array} message
 * @returns {DataView<ArrayBuffer>}
 */
function padded(message) {
  const length = (Math.floor((message.length + 8) / 64) + 1) * 64;
  const bytes = new Uint8Array(length);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(length - 8, (message.length * 8) >>> 0, true);
  view.setUint32(length - 4, Math.floor((message.length * 8) / 2 ** 32), true);
  return view;
}

/**
 * The function of a step, and which word of the block it takes.
 *
 * @param {number} step
 * @param {number} b
 * @param {number} c
 * @param {number} d
 * @returns {[mixed: number, word: number]}
 */
function mix(step, b, c, d) {
  if (step < 16) return [(b & c) | (~b & d), step];
  if (step < 32) return [(d & b) | (~d & c), (5 * step + 1) % 16];
  if (step < 48) return [b ^ c ^ d, (3 * step + 5) % 16];
  return [c ^ (b | ~d), (7 * step) % 16];
}

/**
 * The digest of a message, 16 bytes.
 *
 * @param {Uint8Array} message
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function md5(message) {
  const blocks = padded(message);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < blocks.byteLength; block += 64) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let step = 0; step < 64; step += 1) {
      const [mixed, word] = mix(step, b, c, d);
      const sum = (a + mixed + (sines[step] ?? 0) + blocks.getUint32(block + word * 4, true)) >>> 0;
      const turn = turns[step >> 4]?.[step & 3] ?? 0;
      [a, d, c, b] = [d, c, b, (b + ((sum << turn) | (sum >>> (32 - turn)))) >>> 0];
    }
    [a, b, c, d].forEach((word, at) => {
      state[at] = ((state[at] ?? 0) + word) >>> 0;
    });
  }
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, at) => digest.setUint32(at * 4, word, true));
  return new Uint8Array(digest.buffer);
}
