/** Who is soloed, said in the transport: with many tracks, or on a phone, the lit S may be out of sight. */
import { useStudio } from "./hooks.js";
import { studio } from "./session.js";
import { store } from "./store.js";

function clearSolo() {
  const soloed = store.get().tracks.filter((track) => track.soloed);
  studio()?.saves.editAll(soloed.map(({ id }) => [id, { soloed: false }]));
}

export function SoloNote() {
  const tracks = useStudio((state) => state.tracks);
  const canEdit = useStudio((state) => state.canEdit);
  const soloed = tracks.filter((track) => track.soloed);
  if (!soloed.length) return null;
  const words = soloed.length === 1 ? soloed[0].name : `${soloed.length} tracks`;
  return (
    <span className="om-pill om-solo" data-testid="solo-note">
      <span className="om-solo-words">
        Solo: <span dir="auto">{words}</span>
      </span>
      {canEdit && (
        <button type="button" className="om-link" data-testid="solo-clear" onClick={clearSolo}>
          Clear
        </button>
      )}
    </span>
  );
}
