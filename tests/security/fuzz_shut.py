"""Addresses that let nobody in during the fuzz, however one knocks, and why; what is not named here must let somebody in."""

from __future__ import annotations

from collections.abc import Iterable


def _all(reason: str, names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, reason)


# In the world of cases, which is small: three concerns, each in one state.
OF_CASES = (
    _all(
        "asks for a step of the meeting that this world is not at; tests/meetings/cases and tests/network take it",
        (
            "meetings:case_decide", "meetings:case_release", "meetings:case_take_back", "meetings:names", "meetings:names_district",
            "network:call", "network:tick", "network:effort", "network:choose", "network:approve", "network:follow_up",
        ),
    )
    | _all(
        "asks for a concern that is still anonymous, or for two records of one child; tests/concerns/test_child_pages",
        ("children:lay_on", "children:new", "children:lay_known", "children:part", "children:rewrite"),
    )
    | _all("only for a notification with a receipt to come; tests/concerns", ("concerns:receipt",))
    | _all("only while a child comes of age; tests/concerns/test_ages", ("concerns:answer_age",))
    | _all("for who sets up the teams, none of the cast; tests/concerns", ("concerns:seat", "concerns:unseat"))
    | _all("no agreement of this world is closed; tests/plans", ("plans:reopen",))
    | _all("behind a real identity; the families of test_case_crawl visit them", ("family:minutes", "family:plan"))
)  # fmt: skip
# In both worlds.
EVERYWHERE = (
    _all("would end the run; tests/login", (":account_logout",))
    | _all("closed to all, and leads to the login; tests/login", (":account_signup", ":socialaccount_signup"))
    | _all("no provider of single sign-on is set up; tests/login", (":openid_connect_login", ":openid_connect_callback"))
    | _all(
        "asks for a second factor of one's own; tests/login",
        (
            ":account_reauthenticate", ":mfa_reauthenticate", ":mfa_reauthenticate_webauthn", ":mfa_deactivate_totp",
            ":mfa_edit_webauthn", ":mfa_remove_webauthn", ":mfa_view_recovery_codes",
        ),
    )
    | _all(
        "asks for the session of a family that has come by its link; tests/network",
        ("family:front", "family:leave", "family:mine", "family:minutes", "family:plan"),
    )
    | _all(
        "asks for a step of the meeting that these are not at; tests/meetings",
        (
            "meetings:attend", "meetings:back_to_planned", "meetings:capture_undo", "meetings:choose",
            "meetings:fix_agreement", "meetings:move", "meetings:tick", "meetings:undo_cancel",
        ),
    )
    | _all(
        "asks for a row in a state that these worlds have not: a proposed substitute, an open relay, a topic in the bank",
        (
            "meetings:substitute_confirm", "meetings:substitute_decline", "meetings:relay_answer", "meetings:relay_link",
            "meetings:topic_schedule",
        ),
    )
    | _all(
        "takes back what was done just before; the tests of each app",
        ("directory:post_reopen", "imports:undo", "meetings:member_restore", "yearwheel:mark_undo", "yearwheel:move_back"),
    )
    | _all("asks for a review with questions to tap; tests/forums", ("forums:review_tap",))
    | _all("asks for a mail that has failed; tests/outbox", ("outbox:retry",))
    | _all("asks for a word typed in this session; tests/search", ("search:results",))
    | _all("asks for a draft of the set-up; tests/setup", ("setup:apply", "setup:discard", "setup:draft", "setup:text"))
    | _all("asks for a plan with proposals, a joint rule, a published year; tests/yearwheel",
        ("yearwheel:place", "yearwheel:public", "yearwheel:rule_joint"))
)  # fmt: skip
