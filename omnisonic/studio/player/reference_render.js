/** The browser's own render of the server's manifest, for checks that preview and export are one sound. */
import { call, listAll } from "./api.js";
import { decodeCanonical } from "./audio_cache.js";
import { FlacFile } from "./flac_file.js";
import { renderOffline } from "./graph.js";
import { Take } from "./take.js";

async function readWhole(url, { durationSamples, channels }) {
  const file = new FlacFile(url, { lengthSamples: durationSamples });
  const take = new Take({ lengthSamples: durationSamples, channels });
  await file.open();
  take.pieceSamples = file.pieceSamples;
  for (let index = 0; index < take.pieceCount; index += 1) {
    const { content } = await file.read(index);
    take.buffers.set(index, await decodeCanonical(content));
  }
  return take;
}

/** Render a session; base64 of little-endian float32 per channel. `urlOf(uploadId)` is where its audio is. */
export async function renderSession(sessionId, urlOf) {
  const base = `/api/sessions/${sessionId}`;
  const answer = await call("GET", `${base}/manifest`);
  const manifest = answer.manifest ?? answer;
  const rows = await listAll(`${base}/tracks`, "tracks");
  const uploads = await listAll(`/api/upload/list?sessionId=${sessionId}`, "uploads");
  const takes = new Map();
  for (const { id } of manifest.tracks) {
    const { uploadId } = rows.find((row) => row.id === id);
    const upload = uploads.find((candidate) => candidate.id === uploadId);
    takes.set(id, await readWhole(urlOf(uploadId), upload));
  }
  const { left, right } = await renderOffline(manifest, takes);
  return { sampleRate: manifest.sampleRate, lengthSamples: left.length, channels: [base64(left), base64(right)] };
}

function base64(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 32768) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return btoa(pieces.join(""));
}
