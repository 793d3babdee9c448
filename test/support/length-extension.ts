/**
 * The length-extension attack on SHA-256, and so on HubSpot's v2 signature: whoever has seen a digest of `secret + message`
 * can make the digest of `secret + message + padding + suffix` without the secret (FIPS 180-4 gives the rounds).
 */
export type Extension = { readonly hex: string; readonly added: Uint8Array };

/** @param hashedBytes how many bytes the known digest is over, secret included */
export function extendDigest(hex: string, hashedBytes: number, suffix: string): Extension {
  const glue = padding(hashedBytes);
  const tail = Buffer.from(suffix, 'utf8');
  const blocks = Buffer.concat([tail, padding(hashedBytes + glue.length + tail.length)]);
  let state = Array.from({ length: 8 }, (_, word) => Buffer.from(hex, 'hex').readUInt32BE(word * 4));
  for (let at = 0; at < blocks.length; at += 64) state = compress(state, blocks.subarray(at, at + 64));
  const digest = Buffer.alloc(32);
  state.forEach((word, index) => {
    digest.writeUInt32BE(word, index * 4);
  });
  return { hex: digest.toString('hex'), added: Buffer.concat([glue, tail]) };
}

/** One bit, zeros up to the last eight bytes of a block, and the length in bits. */
function padding(length: number): Buffer {
  const zeros = (119 - (length % 64)) % 64;
  const bytes = Buffer.alloc(1 + zeros + 8);
  bytes[0] = 0x80;
  bytes.writeBigUInt64BE(BigInt(length) * 8n, 1 + zeros);
  return bytes;
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = primes(64).map((prime) => fractionBits(prime));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** ⌊∛n · 2³²⌋ mod 2³², in whole numbers: the largest x with x³ ≤ n · 2⁹⁶. */
function fractionBits(n: number): number {
  const target = BigInt(n) << 96n;
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((root + bit) ** 3n <= target) root += bit;
  return Number(root & 0xffffffffn);
}

const rotate = (x: number, by: number) => (x >>> by) | (x << (32 - by));

function compress(state: readonly number[], block: Buffer): number[] {
  const w = Array.from({ length: 16 }, (_, index) => block.readUInt32BE(index * 4));
  for (let t = 16; t < 64; t += 1) {
    const [a = 0, b = 0, c = 0, d = 0] = [w[t - 15], w[t - 2], w[t - 16], w[t - 7]];
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w.push((c + s0 + d + s1) >>> 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] ?? 0) + (w[t] ?? 0)) >>> 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) >>> 0, c, b, a, (t1 + t2) >>> 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word + (state[index] ?? 0)) >>> 0);
}
