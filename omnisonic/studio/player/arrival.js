/** What the address that led here asks for, beside which session it is. */

/**
 * Whether a link asked for sound (`?play=1`), once. Only after a click or key in this document: browsers give a page
 * no sound before, and waiting for one would start the mix at a moment nobody chose.
 */
function takeWishToPlay() {
  const address = new URL(window.location.href);
  if (!address.searchParams.has("play")) return false;
  address.searchParams.delete("play");
  window.history.replaceState(window.history.state, "", address);
  return navigator.userActivation?.hasBeenActive ?? false;
}

/** Start the mix if the link asked for it, as soon as it is known what every track plays. */
export function startIfAsked({ store, start, signal }) {
  if (!takeWishToPlay()) return;
  let stop = () => {};
  const look = () => {
    const { tracks, uploads, playback } = store.get();
    if (!tracks.length || tracks.some((track) => !uploads[track.uploadId])) return;
    stop();
    if (playback.state === "stopped") queueMicrotask(start);
  };
  stop = store.subscribe(look);
  signal.addEventListener("abort", () => stop());
  look();
}
