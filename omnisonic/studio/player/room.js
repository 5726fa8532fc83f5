/**
 * The live room of a session: presence, other people's edits, faders in motion.
 * Durable edits travel over REST; the socket only tells. A lost socket therefore never loses an edit.
 */
import { call } from "./api.js";

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;
const PING_MS = 15_000;
const ROSTER_MS = 10_000;
const PREVIEW_MS = 50; // 20 Hz
const PREVIEW_EXPIRES_MS = 2000;
const CLOSED_FOR_GOOD = 4403;
const GIVEN_UP = 4000;
const LEFT = 4001; // tells the gateway that nobody needs to wait for us to come back

export class Room {
  /**
   * `handlers`: onTrack(row), onTrackRemoved(row), onSession(row or null), onResync(), onSignedOut(),
   * onGone(reason or null): the session is not, or no longer, ours to see.
   */
  constructor({ store, sessionId, handlers }) {
    this.store = store;
    this.sessionId = sessionId;
    this.handlers = handlers;
    this.storageKey = `omnisonic:joined:${sessionId}`;
    this.socket = null;
    this.timers = {};
    this.retryMs = RETRY_FIRST_MS;
    this.seen = null; // {epoch, seq} of the last durable frame
    this.wantsIn = false;
    this.previewTimers = new Map();
    this.outgoing = new Map();
    // Browsers keep a socket open for long after the network is gone: they say so themselves much sooner.
    this.onOffline = () => this.#giveUp();
    this.onOnline = () => this.#retryNow();
    window.addEventListener("offline", this.onOffline);
    window.addEventListener("online", this.onOnline);
  }

  open() {
    this.#pollRoster();
    if (localStorage.getItem(this.storageKey)) this.join();
  }

  join() {
    if (this.wantsIn) return;
    this.wantsIn = true;
    localStorage.setItem(this.storageKey, "1");
    this.#patch({ state: "connecting", problem: null });
    this.#connect();
  }

  leave() {
    localStorage.removeItem(this.storageKey);
    this.#hangUp(LEFT);
    const { userId, room } = this.store.get();
    this.#patch({ state: "off", problem: null, members: room.members.filter((member) => member.memberId !== userId) });
    this.store.set({ announcement: "You left the room." });
    this.#pollRoster();
  }

  /** Let others follow a fader while it moves; at most 20 frames a second, last value wins. */
  preview(trackId, values) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.outgoing.set(trackId, { ...this.outgoing.get(trackId), ...values });
    this.timers.preview ??= setTimeout(() => {
      this.timers.preview = undefined;
      for (const [id, data] of this.outgoing) this.#send("mix.preview", { trackId: id, ...data });
      this.outgoing.clear();
    }, PREVIEW_MS);
  }

  close() {
    this.isClosed = true;
    window.removeEventListener("offline", this.onOffline);
    window.removeEventListener("online", this.onOnline);
    this.#hangUp();
    for (const timer of [...Object.values(this.timers), ...this.previewTimers.values()]) clearTimeout(timer);
  }

  #patch(changes) {
    this.store.set(({ room }) => ({ room: { ...room, ...changes } }));
  }

  #hangUp(code = 1000) {
    this.wantsIn = false;
    clearTimeout(this.timers.retry);
    clearTimeout(this.timers.ping);
    if (!this.socket) return;
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close(code);
    this.socket = null;
  }

  async #connect() {
    try {
      const { ticket, url } = await call("POST", `/api/sessions/${this.sessionId}/ticket`);
      if (!this.wantsIn) return;
      this.#dial(ticket, url);
    } catch (problem) {
      if (!this.wantsIn) return;
      if (problem.isPassing) this.#retryLater();
      else if (problem.isSignedOut) this.#pauseForSignIn();
      else this.#refuse(problem.message);
    }
  }

  #dial(ticket, url) {
    const address = new URL(url, location.href);
    address.searchParams.set("ticket", ticket);
    address.searchParams.set("roomId", this.sessionId);
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onopen = () => {
      if (this.seen) this.#send("resume", this.seen);
      this.#ping();
    };
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => this.#dropped(event.code);
  }

  #dropped(code) {
    this.socket = null;
    clearTimeout(this.timers.ping);
    if (!this.wantsIn) return;
    if (code === CLOSED_FOR_GOOD) this.#refuse("The room was closed to you.");
    else this.#retryLater();
  }

  /** Out of the room, but back in it once the browser is signed in again. */
  #pauseForSignIn() {
    this.wantsIn = false;
    this.#patch({ state: "off", problem: null, members: [] });
    this.handlers.onSignedOut();
  }

  #refuse(reason) {
    localStorage.removeItem(this.storageKey);
    this.wantsIn = false;
    this.#patch({ state: "off", problem: reason });
    this.store.set({ announcement: reason });
    this.handlers.onGone(null);
  }

  #retryLater() {
    if (this.store.get().room.state === "live") this.store.set({ announcement: "Connection lost, reconnecting." });
    this.#patch({ state: "reconnecting" });
    this.timers.retry = setTimeout(() => this.#connect(), this.retryMs * (0.5 + Math.random() / 2));
    this.retryMs = Math.min(RETRY_MAX_MS, this.retryMs * 2);
  }

  #retryNow() {
    if (this.store.get().room.state !== "reconnecting" || this.socket) return;
    clearTimeout(this.timers.retry);
    this.#connect();
  }

  /** Without a network a socket would wait for the other side's goodbye: count it as dropped at once. */
  #giveUp() {
    const { socket } = this;
    if (!socket) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close(GIVEN_UP);
    this.#dropped(GIVEN_UP);
  }

  /** A connection that answers no ping is dead even while the browser still believes in it. */
  #ping() {
    this.isAnswered = false;
    this.#send("ping", { t: Math.round(performance.now()) });
    this.timers.ping = setTimeout(() => {
      if (this.isAnswered) this.#ping();
      else this.#giveUp();
    }, PING_MS);
  }

  #send(type, content) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type, data: content }));
  }

  #receive(frame) {
    const content = frame.data ?? {};
    if (frame.type === "batch") return content.frames.forEach((inner) => this.#receive(inner));
    if (frame.type === "room.snapshot") this.#snapshot(frame, content);
    else this.#track(frame);
    if (frame.type === "presence.join") this.#arrive(content);
    if (frame.type === "presence.leave") this.#depart(content);
    if (frame.type === "track.changed") this.handlers.onTrack(content.track ?? content);
    if (frame.type === "track.removed") this.handlers.onTrackRemoved(content.track ?? content);
    if (frame.type === "session.changed") this.handlers.onSession(content.session ?? null);
    if (frame.type === "member.changed" && content.memberId === this.store.get().userId) this.handlers.onResync();
    if (frame.type === "session.removed") this.handlers.onGone("Its owner removed it.");
    if (frame.type === "mix.preview") this.#previewed(frame.actor, content);
    if (frame.type === "pong") this.isAnswered = true;
    // Panels outside this component listen for what concerns them: exports, comments, approvals.
    window.dispatchEvent(new CustomEvent("omnisonic:room-frame", { detail: frame }));
    if (frame.type === "export.progress") {
      window.dispatchEvent(new CustomEvent("omnisonic:export-progress", { detail: content }));
    }
  }

  /** Note the order of durable frames and ask again for what is missing between two of them. */
  #track({ epoch, seq }) {
    if (seq === undefined || seq === null) return;
    if (this.seen?.epoch === epoch && seq > this.seen.seq + 1) this.#send("resume", this.seen);
    if (this.seen?.epoch !== epoch || seq > this.seen.seq) this.seen = { epoch, seq };
  }

  #snapshot(frame, { members, seq }) {
    const wasLive = this.store.get().room.state === "live";
    this.retryMs = RETRY_FIRST_MS;
    this.seen = { epoch: frame.epoch, seq: seq ?? frame.seq ?? 0 };
    clearTimeout(this.timers.roster);
    this.#patch({ state: "live", members: unique(members ?? []), problem: null });
    if (!wasLive) this.store.set({ announcement: "You are in the room." });
    this.handlers.onResync();
  }

  #arrive(member) {
    const { members } = this.store.get().room;
    if (members.some((known) => known.memberId === member.memberId)) return;
    this.#patch({ members: [...members, member] });
    if (member.memberId !== this.store.get().userId) this.store.set({ announcement: `${member.displayName} joined.` });
  }

  #depart(member) {
    const { members } = this.store.get().room;
    if (!members.some((known) => known.memberId === member.memberId)) return;
    this.#patch({ members: members.filter((known) => known.memberId !== member.memberId) });
    this.store.set({ announcement: `${member.displayName ?? "Somebody"} left.` });
  }

  #previewed(actor, { trackId, ...values }) {
    if ((actor?.memberId ?? actor?.id ?? actor) === this.store.get().userId) return;
    this.store.set(({ previews }) => ({ previews: { ...previews, [trackId]: { ...previews[trackId], ...values } } }));
    clearTimeout(this.previewTimers.get(trackId));
    const forget = () => this.store.set(({ previews }) => ({ previews: { ...previews, [trackId]: undefined } }));
    this.previewTimers.set(trackId, setTimeout(forget, PREVIEW_EXPIRES_MS));
  }

  async #pollRoster() {
    clearTimeout(this.timers.roster);
    if (this.isClosed) return;
    try {
      const { members } = await call("GET", `/api/presence?roomId=${this.sessionId}`);
      if (this.isClosed || this.store.get().room.state === "live") return;
      this.#patch({ members: unique(members) });
    } catch (problem) {
      if (problem.isSignedOut) this.handlers.onSignedOut();
      if (problem.status === 404) this.handlers.onGone(null);
      if (!problem.isPassing) return; // no roster for this account: the room bar shows what it has
    }
    this.timers.roster = setTimeout(() => this.#pollRoster(), ROSTER_MS);
  }
}

function unique(members) {
  return [...new Map(members.map((member) => [member.memberId, member])).values()];
}
