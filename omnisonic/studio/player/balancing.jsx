/** Balance levels as people meet it: an offer where takes differ much, a command everywhere, one step of undo. */
import { balancedGains, goalLufs, isWorthOffering, measuredTakes, spreadLu } from "./balance.js";
import { useStudio } from "./hooks.js";
import { Icon } from "./icons.jsx";
import { studio } from "./session.js";
import { notify, store } from "./store.js";

const storageKey = (sessionId) => `omnisonic:levels-answered:${sessionId}`;

/** The offer has been answered, one way or the other: it does not come back for this session. */
function answer() {
  const { sessionId } = store.get();
  localStorage.setItem(storageKey(sessionId), "1");
  store.set({ isLevelsOfferAnswered: true });
}

function outcome(takes, gains) {
  const goal = goalLufs(takes);
  const short = takes.filter(({ id, lufs }) => lufs + gains.get(id) < goal - 0.5).length;
  const level = Math.round(goal).toString().replace("-", "\u2212");
  const rest = short ? ` ${short} too quiet to get there.` : "";
  return `${takes.length} takes balanced at ${level} LUFS.${rest}`;
}

/** Set the faders so that every take is equally loud. Answers whether the key or button meant something here. */
export function balanceLevels() {
  const { tracks, uploads, canEdit, status } = store.get();
  if (!canEdit || status !== "ready") return false;
  const takes = measuredTakes(tracks, uploads);
  if (takes.length < 2) {
    notify("Balancing takes two takes whose loudness could be measured.");
    return true;
  }
  answer();
  const gains = balancedGains(takes);
  const moved = takes.filter(({ id, gainDb }) => gains.get(id) !== gainDb);
  const step = studio().saves.editAll(moved.map(({ id }) => [id, { gainDb: gains.get(id) }]));
  const text = step ? outcome(takes, gains) : "The levels are balanced already.";
  notify(text, step && { actionLabel: "Undo", onAction: () => studio()?.saves.undo(step) });
  store.set({ announcement: text });
  return true;
}

/** Offered, never done by itself: takes far apart, and no fader touched yet. */
export function LevelsOffer() {
  const tracks = useStudio((state) => state.tracks);
  const uploads = useStudio((state) => state.uploads);
  const canEdit = useStudio((state) => state.canEdit);
  const sessionId = useStudio((state) => state.sessionId);
  const isAnswered = useStudio((state) => state.isLevelsOfferAnswered);
  if (!canEdit || isAnswered || !isWorthOffering(tracks, uploads)) return null;
  if (localStorage.getItem(storageKey(sessionId))) return null;
  const spread = Math.round(spreadLu(measuredTakes(tracks, uploads)));
  return (
    <div className="om-banner" role="status" data-testid="levels-offer">
      <span>These takes differ by {spread} LU in loudness.</span>
      <button type="button" className="om-link" data-testid="levels-balance" onClick={balanceLevels}>
        Balance levels
      </button>
      <button type="button" className="om-link om-link-quiet" data-testid="levels-leave" onClick={answer}>
        Leave as recorded
      </button>
    </div>
  );
}

/** The same as a command, for whoever may edit a mix of at least two tracks. */
export function BalanceButton() {
  const isOffered = useStudio((state) => state.canEdit && state.tracks.length > 1);
  if (!isOffered) return null;
  return (
    <button
      type="button"
      className="om-icon-button om-balance"
      data-testid="balance"
      aria-label="Balance levels"
      title="Balance levels: every take equally loud (B)"
      onClick={balanceLevels}
    >
      <Icon name="faders" size={18} />
    </button>
  );
}
