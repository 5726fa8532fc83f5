/**
 * Checks a proof file in the browser, by the rules and with the words of `offline_verifier.py`.
 * Both are run over the same files in the tests; change them together.
 */
import { ed25519Verifies } from "./ed25519.js";

export const HEADER = "c2sp.org/tlog-proof@v1";
const LOG_KEY = 1;
const COSIGNER_KEY = 4;
export const MAX_FILE_BYTES = 512 * 1024;
const MAX_PATH = 64;

/** The proof proves nothing; the message says why. */
export class Invalid extends Error {}

const refuse = (reason) => {
  throw new Invalid(reason);
};
const bytesOf = (text) => new TextEncoder().encode(text);
const hexOf = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

/** Check a file (bytes) with the public keys of the log and its cosigner. Throws `Invalid`. */
export async function verify(content, vkeys, { signatureHolds = nativeOrOwn } = {}) {
  const keys = await readKeys(vkeys);
  const lines = linesOf(content);
  const { leaf, index, path } = readHead(lines);
  const { text, origin, size, root } = readCheckpoint(lines);
  const seen = await checkSignatures(lines, text, keys, signatureHolds);
  if (![...keys.values()].some((key) => key.type === LOG_KEY && key.name === origin)) {
    refuse("the checkpoint is of another log than the key");
  }
  if (!(await leadsToRoot(await sha256(Uint8Array.of(0), leaf), index, size, path, root))) {
    refuse("the path does not lead from the leaf to the signed root");
  }
  return { leaf, position: index, size, root, origin, seen, pathLength: path.length };
}

function linesOf(content) {
  if (content.length > MAX_FILE_BYTES) refuse("the file is too large for a proof");
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    refuse("the file is not text in UTF-8");
  }
  const lines = text.split("\n");
  if (lines.pop() !== "") refuse("the file does not end with its last line");
  return lines.reverse();
}

const next = (lines, what) => (lines.length ? lines.pop() : refuse(`the file ends before ${what}`));

function readHead(lines) {
  if (next(lines, "its header") !== HEADER) refuse(`the file does not begin with ${HEADER}`);
  const leaf = base64(after(next(lines, "the leaf"), "extra ", "the leaf"), "the leaf");
  const index = decimal(after(next(lines, "the index"), "index ", "the index"), "the index");
  const path = [];
  for (let line = next(lines, "the checkpoint"); line !== ""; line = next(lines, "the checkpoint")) {
    path.push(hash(line, "a hash of the path"));
    if (path.length > MAX_PATH) refuse("the path is too long");
  }
  return { leaf, index, path };
}

function readCheckpoint(lines) {
  const [origin, size, root] = ["the origin", "the size", "the root"].map((part) => next(lines, part));
  if (next(lines, "the signatures") !== "") refuse("the checkpoint has a line that is not known");
  requireName(origin, "the origin is not a name");
  const text = bytesOf(`${origin}\n${size}\n${root}\n`);
  return { text, origin, size: decimal(size, "the size"), root: hash(root, "the root") };
}

async function checkSignatures(lines, text, keys, signatureHolds) {
  const found = new Set();
  const seen = [];
  while (lines.length) {
    const { name, keyId, signature } = readSignature(lines.pop());
    const id = `${name} ${hexOf(keyId)}`;
    const key = keys.get(id) ?? refuse("a signature is by a key that you did not give");
    if (found.has(id)) refuse("a key has signed twice");
    found.add(id);
    let [message, signed] = [text, signature];
    if (key.type === COSIGNER_KEY) {
      const timeS = signature.slice(0, 8).reduce((time, one) => (time << 8n) | BigInt(one), 0n);
      message = joined(bytesOf(`cosignature/v1\ntime ${timeS}\n`), text);
      signed = signature.slice(8);
      seen.push({ name, timeS });
    }
    if (!(await signatureHolds(key.publicKey, message, signed))) refuse(`the signature of ${name} is wrong`);
  }
  const types = new Set([...found].map((id) => keys.get(id).type));
  if (!types.has(LOG_KEY)) refuse("the log has not signed the checkpoint");
  if (!types.has(COSIGNER_KEY)) refuse("the cosigner has not signed the checkpoint");
  return seen;
}

function readSignature(line) {
  const parts = line.split(" ");
  if (parts.length !== 3 || parts[0] !== "\u2014") refuse("a line is not known");
  requireName(parts[1], "a signature has no name");
  const content = base64(parts[2], "a signature");
  return { name: parts[1], keyId: content.slice(0, 4), signature: content.slice(4) };
}

async function readKeys(vkeys) {
  const keys = new Map();
  for (const vkey of vkeys) {
    const [name, rest] = partition(vkey);
    const [keyId, encoded] = partition(rest);
    requireName(name, "a key is not written as name+id+base64");
    const content = base64(encoded, "the last part of a key");
    if (content.length !== 33 || ![LOG_KEY, COSIGNER_KEY].includes(content[0])) {
      refuse("a key is neither that of a log nor that of a cosigner");
    }
    const ownId = hexOf((await sha256(bytesOf(`${name}\n`), content)).slice(0, 4));
    if (keyId !== ownId) refuse("the id in a key does not belong to its name and bytes");
    keys.set(`${name} ${ownId}`, { name, type: content[0], publicKey: content.slice(1) });
  }
  const types = new Set([...keys.values()].map((key) => key.type));
  if (!types.has(LOG_KEY)) refuse("the public key of the log is missing");
  if (!types.has(COSIGNER_KEY)) refuse("the public key of the cosigner is missing");
  return keys;
}

function partition(text) {
  const at = text.indexOf("+");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const after = (line, start, what) =>
  line.startsWith(start) ? line.slice(start.length) : refuse(`${what} is not where it belongs`);

function requireName(name, reason) {
  if (!/^[!-*,-~]+$/.test(name)) refuse(reason);
}

function decimal(text, what) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) >= 1n << 63n) refuse(`${what} is not a plain number`);
  return BigInt(text);
}

function base64(text, what) {
  let raw = null;
  try {
    raw = /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? atob(text) : null;
  } catch {
    raw = null; // of a length that base64 does not have
  }
  if (raw === null || btoa(raw) !== text) refuse(`${what} is not base64`);
  return Uint8Array.from(raw, (sign) => sign.charCodeAt(0));
}

function hash(text, what) {
  const value = base64(text, what);
  return value.length === 32 ? value : refuse(`${what} is not a hash`);
}

/** RFC 9162 §2.1.3.2. */
async function leadsToRoot(leafHash, place, size, path, root) {
  if (place >= size) return false;
  let [node, index, last] = [leafHash, place, size - 1n];
  for (const sibling of path) {
    if (last === 0n) return false;
    if (index & 1n || index === last) {
      node = await sha256(Uint8Array.of(1), sibling, node);
      while (index && !(index & 1n)) [index, last] = [index >> 1n, last >> 1n];
    } else {
      node = await sha256(Uint8Array.of(1), node, sibling);
    }
    [index, last] = [index >> 1n, last >> 1n];
  }
  return last === 0n && hexOf(node) === hexOf(root);
}

async function nativeOrOwn(publicKey, message, signature) {
  let key;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return ed25519Verifies(publicKey, message, signature); // not known here, or not a point: ours tells
  }
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}
