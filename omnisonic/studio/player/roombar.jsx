/** The live cluster of the page header: is everything saved, who is here, join or leave. */
import { useSession, useStudio } from "./hooks.js";
import { Icon } from "./icons.jsx";
import { studio } from "./session.js";

const FACES = 4;
const FACE_COLORS = 5n;
const SAVE_LABELS = {
  saved: { icon: "check", text: "Saved" },
  saving: { icon: "upload", text: "Saving\u2026" },
  offline: { icon: "cloudOff", text: "Offline \u2013 will save" },
  "signed-out": { icon: "alert", text: "Signed out \u2013 not saved yet" },
  failed: { icon: "alert", text: "Not saved" },
};

/** Up to two letters for a face without a picture. */
export function initials(name) {
  const words = (name ?? "").trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** The color a person has on every page: their id, a number of 128 bits, modulo the colors with dark letters. */
function faceColor(memberId) {
  const digits = String(memberId).replace(/[^0-9a-f]/gi, "") || "0";
  return `var(--om-track-${Number(BigInt(`0x${digits}`) % FACE_COLORS) + 1}, currentColor)`;
}

function SaveState() {
  const save = useStudio((state) => state.save);
  const status = useStudio((state) => state.status);
  const label = SAVE_LABELS[save.state];
  if (status === "failed" || status === "gone") return null;
  return (
    <span className="om-save" data-testid="save-state" data-state={save.state} title={save.detail ?? undefined}>
      <Icon name={label.icon} size={14} />
      <span className="om-save-text">{label.text}</span>
    </span>
  );
}

function Faces({ members }) {
  const shown = members.slice(0, members.length > FACES ? FACES - 1 : FACES);
  return (
    <ul className="om-faces" aria-label="In the room">
      {shown.map((member) => (
        <li key={member.memberId} title={member.displayName} style={{ "--face": faceColor(member.memberId) }}>
          <span aria-hidden="true">{initials(member.displayName)}</span>
          <span className="om-sr">{member.displayName}</span>
        </li>
      ))}
      {members.length > shown.length && <li className="om-face-more">+{members.length - shown.length}</li>}
    </ul>
  );
}

function RoomButton({ room }) {
  const isOff = room.state === "off";
  return (
    <button
      type="button"
      className={isOff ? "om-button om-button-primary" : "om-button"}
      data-testid={isOff ? "join" : "leave"}
      title={isOff ? "See each other's moves as they happen" : "Stop following the others live"}
      onClick={() => (isOff ? studio()?.room.join() : studio()?.room.leave())}
    >
      {isOff ? "Join" : "Leave"}
    </button>
  );
}

/** Who follows live, as a number. Nobody and not asked for either: then there is nothing to count. */
const isCounted = (room) => room.state !== "off" || room.members.length > 0;

const STATE_TEXT = { off: "here", connecting: "connecting\u2026", live: "live", reconnecting: "reconnecting\u2026" };

export function RoomBar({ sessionId, userId, displayName }) {
  useSession(sessionId, { userId, displayName });
  const room = useStudio((state) => state.room);
  const status = useStudio((state) => state.status);
  const announcement = useStudio((state) => state.announcement);
  const count = room.members.length;
  return (
    <div className="om-roombar">
      <SaveState />
      <Faces members={room.members} />
      {isCounted(room) && (
        <span className="om-count" data-state={room.state} title={count === 1 ? "1 person in the room" : `${count} people in the room`}>
          <i className="om-dot" aria-hidden="true" />
          {count > 0 && <span data-testid="member-count">{count}</span>}
          <span className="om-count-text">{STATE_TEXT[room.state]}</span>
        </span>
      )}
      {status !== "failed" && status !== "gone" && <RoomButton room={room} />}
      {room.problem && (
        <span className="om-room-problem" role="alert">
          {room.problem}
        </span>
      )}
      <span className="om-sr" role="status" aria-live="polite">
        {announcement}
      </span>
    </div>
  );
}
