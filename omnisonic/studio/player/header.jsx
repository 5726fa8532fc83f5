/** The head of one track: color, name, mute and solo, gain, pan, start, meter and the menu with the rest. */
import { memo, useId, useRef } from "react";

import { colorOf, TRACK_COLORS } from "./colors.js";
import { GainFader, GainValue, Meter, MuteSolo, OffsetField, PanFader, TrackName } from "./controls.jsx";
import { Icon } from "./icons.jsx";
import { studio } from "./session.js";

const MENU_WIDTH_PX = 208;
const MENU_HEIGHT_PX = 164;

/** Put the popover below its button, inside the window, before it is shown. */
function placeMenu(menu, button) {
  const box = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(window.innerWidth - MENU_WIDTH_PX - 8, box.right - MENU_WIDTH_PX));
  const below = box.bottom + 6;
  const top = below + MENU_HEIGHT_PX > window.innerHeight - 8 ? box.top - MENU_HEIGHT_PX - 6 : below;
  Object.assign(menu.style, { left: `${left}px`, top: `${Math.max(8, top)}px` });
}

export function TrackMenu({ track, onRename }) {
  const id = useId();
  const menu = useRef(null);
  const button = useRef(null);
  const choose = (action) => () => {
    menu.current.hidePopover();
    action();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="om-icon-button om-track-more"
        data-testid="track-menu"
        aria-label={`More for ${track.name}`}
        popoverTarget={id}
      >
        <Icon name="more" />
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        className="om-menu"
        aria-label={`More for ${track.name}`}
        onBeforeToggle={(event) => event.newState === "open" && placeMenu(menu.current, button.current)}
      >
        {onRename && (
          <button type="button" className="om-menu-item" onClick={choose(onRename)}>
            Rename
          </button>
        )}
        <div className="om-swatches" role="group" aria-label="Color">
          {TRACK_COLORS.map(({ token, label }) => (
            <button
              key={token}
              type="button"
              className="om-swatch"
              aria-label={label}
              aria-pressed={track.color === token}
              title={label}
              style={{ color: colorOf({ color: token }) }}
              onClick={choose(() => studio()?.saves.edit(track.id, { color: token }))}
            />
          ))}
        </div>
        <button
          type="button"
          className="om-menu-item om-menu-danger"
          data-testid="track-remove"
          onClick={choose(() => studio()?.removeTrack(track))}
        >
          Remove track
        </button>
      </div>
    </>
  );
}

export const TrackHeader = memo(function TrackHeader({ track, canEdit }) {
  const name = useRef(null);
  const rename = () => {
    name.current.focus();
    name.current.select();
  };
  return (
    <div className="om-head" style={{ "--track": colorOf(track) }}>
      <span className="om-head-color" aria-hidden="true" />
      <div className="om-head-body">
        <div className="om-head-line">
          <TrackName track={track} canEdit={canEdit} inputRef={name} />
          <MuteSolo track={track} canEdit={canEdit} />
          {canEdit && <TrackMenu track={track} onRename={rename} />}
        </div>
        <div className="om-head-line">
          <GainFader track={track} canEdit={canEdit} />
          <GainValue track={track} />
        </div>
        <div className="om-head-line om-head-fine">
          <PanFader track={track} canEdit={canEdit} />
          <OffsetField track={track} canEdit={canEdit} />
        </div>
      </div>
      <Meter read={(engine) => engine.trackLevel(track.id)} />
    </div>
  );
});
