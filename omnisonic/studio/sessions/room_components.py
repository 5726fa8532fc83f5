"""Parts around the player: the name in place, the people, the link to share."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import avatar, badge, button, icon_button, segmented, select
from omnisonic.platform.ui.dialog import dialog, opens
from omnisonic.platform.ui.feedback import notice
from omnisonic.studio.sessions.room_state import RoomState

SHARE_DIALOG = "share-dialog"
INVITE_ROLES = (("editor", "Can edit"), ("viewer", "Can listen"))


def name_crumbs() -> rx.Component:
    """Where the reader is; the last step is the session's name, editable in place."""
    return rx.el.nav(
        rx.el.ol(
            rx.el.li(
                rx.el.a(
                    rx.icon("chevron-left", size=18, aria_hidden="true", class_name="ui-crumb-back"),
                    rx.el.span("Sessions"),
                    href="/sessions",
                )
            ),
            rx.el.li(
                rx.cond(
                    RoomState.can_edit,
                    _name_field(),
                    rx.el.h1(RoomState.name, class_name="ui-truncate ui-name-still", dir="auto"),
                ),
                aria_current="page",
            ),
            class_name="ui-crumbs",
        ),
        aria_label="Breadcrumb",
        class_name="ui-grow",
    )


def _name_field() -> rx.Component:
    return rx.el.form(
        rx.el.h1(RoomState.name, class_name="ui-sr-only"),
        rx.el.input(
            name="session_name",
            default_value=RoomState.name,
            key=RoomState.session_id + RoomState.name,
            aria_label="Name of the session",
            dir="auto",
            title="Rename",
            max_length=120,
            auto_complete="off",
            spell_check=False,
            class_name="ui-name",
            data_testid="session-name",
            on_blur=RoomState.rename,
        ),
        on_submit=RoomState.rename_by_enter,
        class_name="ui-name-form",
    )


def share_button() -> rx.Component:
    """Opens the dialog that makes a link; only the owner invites."""
    return rx.cond(
        RoomState.is_owner,
        button("Share", testid="share", icon="link", extra="ui-share", **opens(SHARE_DIALOG)),
    )


def share_dialog() -> rx.Component:
    """A link that lets whoever holds it join."""
    return dialog(
        SHARE_DIALOG,
        "Invite to this session",
        rx.el.div(
            rx.el.p("Whoever opens the link and signs in joins the session.", class_name="ui-text-2"),
            segmented(
                "What they may do",
                "invite-role",
                INVITE_ROLES,
                RoomState.invite_role,
                RoomState.choose_invite_role,
            ),
            rx.cond(
                RoomState.invite_url != "",
                _link(),
                button(
                    "Make a link",
                    testid="make-invite",
                    kind="primary",
                    icon="link",
                    on_click=RoomState.invite,
                ),
            ),
            class_name="ui-stack ui-stack-4",
        ),
        testid="share-dialog",
    )


def _link() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.input(
                value=RoomState.invite_url,
                read_only=True,
                aria_label="The link",
                class_name="ui-input",
                data_testid="invite-url",
            ),
            icon_button(
                "copy", "Copy the link", testid="copy-invite", on_click=rx.set_clipboard(RoomState.invite_url)
            ),
            class_name="ui-copy",
        ),
        rx.el.p("Works until ", RoomState.invite_until, ". It is shown only now.", class_name="ui-hint"),
        class_name="ui-stack",
    )


def people_panel() -> rx.Component:
    """Who belongs to the session, and what they may do."""
    return rx.el.div(
        rx.el.h2("People", class_name="ui-panel-title"),
        rx.el.ul(rx.foreach(RoomState.members, _member), class_name="ui-list"),
        rx.cond(
            RoomState.is_owner,
            button(
                "Invite someone",
                testid="invite",
                icon="user-plus",
                extra="ui-button-wide",
                **opens(SHARE_DIALOG),
            ),
            notice("Only the owner invites and removes people."),
        ),
        class_name="ui-stack ui-stack-4",
    )


def _member(member: Any) -> rx.Component:
    return rx.el.li(
        avatar(member.letters, member.color, name=member.name, image=member.picture),
        rx.el.div(
            rx.el.p(
                rx.el.strong(member.name, class_name="ui-truncate"),
                rx.cond(member.is_me, rx.el.span(" (you)", class_name="ui-dim")),
            ),
            rx.el.p(member.role_words, " ", member.joined, class_name="ui-small ui-text-2"),
            class_name="ui-grow",
        ),
        rx.cond(
            RoomState.is_owner & (member.role != "owner"),
            rx.fragment(
                select(
                    "role-" + member.id.to(str),
                    (("editor", "Editor"), ("viewer", "Viewer")),
                    testid="member-role",
                    aria_label="Role of " + member.name.to(str),
                    value=member.role,
                    on_change=RoomState.change_role(member.id),
                ),
                _remove(member, "Remove " + member.name.to(str)),
            ),
            rx.cond(
                member.is_me & (member.role != "owner"),
                _remove(member, "Leave the session"),
                rx.cond(member.role == "owner", badge("Owner")),
            ),
        ),
        data_testid="member-row",
        key=member.id,
    )


def _remove(member: Any, label: Any) -> rx.Component:
    return icon_button(
        "user-minus", label, testid="remove-member", on_click=RoomState.remove_member(member.id)
    )
