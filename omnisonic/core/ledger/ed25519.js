/** Ed25519 verification (RFC 8032 §5.1.7) for browsers whose WebCrypto does not know it yet. */
const P = 2n ** 255n - 19n;
const Q = 2n ** 252n + 27742317777372353535851937790883648493n;

const mod = (value) => ((value % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let factor = mod(base), left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);

function littleEndian(bytes) {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) value = (value << 8n) | BigInt(bytes[at]);
  return value;
}

/** Points are [X, Y, Z, T] with x = X/Z, y = Y/Z, x·y = T/Z. */
function sum(a, b) {
  const e = mod((a[1] - a[0]) * (b[1] - b[0]));
  const f = mod((a[1] + a[0]) * (b[1] + b[0]));
  const g = mod(2n * a[3] * b[3] * D);
  const h = mod(2n * a[2] * b[2]);
  const [i, j, k, m] = [f - e, h - g, h + g, f + e];
  return [mod(i * j), mod(k * m), mod(j * k), mod(i * m)];
}

function times(factor, point) {
  let total = [0n, 1n, 1n, 0n];
  for (let left = factor, one = point; left > 0n; left >>= 1n) {
    if (left & 1n) total = sum(total, one);
    one = sum(one, one);
  }
  return total;
}

function decoded(bytes) {
  const number = littleEndian(bytes);
  const sign = number >> 255n;
  const y = number & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square)) x = mod(x * ROOT_OF_MINUS_1);
  if (mod(x * x - square) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function encoded(point) {
  const inverse = power(point[2], P - 2n);
  const x = mod(point[0] * inverse);
  return mod(point[1] * inverse) | ((x & 1n) << 255n);
}

const BASE = decoded(Uint8Array.from({ length: 32 }, (_, at) => (at ? 0x66 : 0x58)));

/** Whether a signature (64 bytes) over a message is by a public key (32 bytes). */
export async function ed25519Verifies(publicKey, message, signature) {
  const key = publicKey.length === 32 ? decoded(publicKey) : null;
  if (!key || signature.length !== 64) return false;
  const s = littleEndian(signature.subarray(32));
  if (s >= Q) return false;
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(signature.subarray(0, 32));
  hashed.set(publicKey, 32);
  hashed.set(message, 64);
  const h = littleEndian(new Uint8Array(await crypto.subtle.digest("SHA-512", hashed))) % Q;
  const minusKey = [P - key[0], key[1], key[2], P - key[3]];
  return encoded(sum(times(s, BASE), times(h, minusKey))) === littleEndian(signature.subarray(0, 32));
}
