import { useEffect, useRef } from "react";

const ROOM_SILENT_MS = 20_000; // the room answers a ping every 15 s
const TOLD_BY = ["split-sheet.changed", "member.changed"];

/** The same as `cards.seen_mark`: it changes with whatever a member says or does about the sheet. */
function markOf(sheet) {
  if (!sheet) return "";
  const members = sheet.shares.filter((share) => share.isMember).length;
  return [sheet.id, sheet.version, sheet.status, sheet.answers.length, members, Number(sheet.isProvable)].join(":");
}

/**
 * Calls back when the sheet has changed: told by the room, or found by looking where the room is not heard.
 * Without `sessionId` it leaves that to another one and calls back whenever `mark` becomes a different one.
 */
export function SheetWatch({ sessionId, mark, everyMs, onSheetChange }) {
  const now = useRef({});
  now.current = { mark, onSheetChange };
  const told = useRef(mark);
  useEffect(() => {
    if (!sessionId && told.current !== mark) now.current.onSheetChange();
    told.current = mark;
  }, [sessionId, mark]);
  useEffect(() => {
    if (!sessionId) return undefined;
    let heardAt = 0;
    const onFrame = ({ detail }) => {
      heardAt = Date.now();
      // After a pause of the room something may have been missed; most often nothing was.
      if (detail?.type === "room.snapshot") compare();
      if (TOLD_BY.includes(detail?.type)) now.current.onSheetChange();
    };
    const look = () => {
      if (document.visibilityState !== "hidden" && Date.now() - heardAt >= ROOM_SILENT_MS) compare();
    };
    const compare = async () => {
      try {
        const answer = await fetch(`/api/sessions/${sessionId}/split-sheet`);
        if (answer.ok && markOf((await answer.json()).sheet) !== now.current.mark) now.current.onSheetChange();
      } catch (problem) {
        if (!(problem instanceof TypeError)) throw problem; // no network: the next look may reach it
      }
    };
    window.addEventListener("omnisonic:room-frame", onFrame);
    document.addEventListener("visibilitychange", look);
    const timer = setInterval(look, everyMs);
    return () => {
      window.removeEventListener("omnisonic:room-frame", onFrame);
      document.removeEventListener("visibilitychange", look);
      clearInterval(timer);
    };
  }, [sessionId, everyMs]);
  return null;
}
