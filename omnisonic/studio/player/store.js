/**
 * One observable snapshot shared by every mounted root of the studio page (timeline and room bar).
 * Playhead and meters never pass through here: they change sixty times a second and are read from the engine.
 */
export function createStore(initial) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    set(patch) {
      const changes = typeof patch === "function" ? patch(state) : patch;
      if (!changes) return;
      state = { ...state, ...changes };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The state of a studio page before anything has been loaded. */
export function emptyStudio() {
  return {
    sessionId: null,
    userId: null,
    displayName: "",
    audioHost: "", // another origin for audio, empty for our own
    canEdit: false,
    status: "loading", // loading | ready | failed | gone
    isSignedOut: false, // this browser was signed out meanwhile, maybe in another tab
    problem: null,
    session: null,
    tracks: [], // rows of the contract, in order of position, with unsaved edits applied
    uploads: {}, // upload rows by id
    audio: {}, // decoded state by upload id: {state, reason}
    previews: {}, // faders other people are moving right now, by track id
    queue: [], // files being uploaded from this tab
    save: { state: "saved", detail: null }, // saved | saving | offline | signed-out | failed
    room: { state: "off", members: [], problem: null }, // off | connecting | live | reconnecting
    playback: { state: "stopped", detail: null }, // stopped | waiting | playing
    selectedTrackId: null,
    isLevelsOfferAnswered: false, // balance levels was taken or declined
    announcement: "",
    notice: null, // {text, actionLabel?, onAction?}
  };
}

export const store = createStore(emptyStudio());

/** Say something once in the polite live region. */
export function announce(text) {
  store.set({ announcement: text });
}

/** Show a short notice with an optional action; the newest replaces the one before. */
export function notify(text, action = null) {
  store.set({ notice: { text, ...(action ?? {}) } });
}
