"""Addresses of meetings: the list, the three faces of a meeting, the topic bank, what is sent up and down."""

from django.urls import URLPattern, path

from tovholder.meetings.views import (
    attachments,
    attending,
    before,
    cases,
    cases_names,
    cases_open,
    catching,
    choosing,
    conclusions,
    family,
    feeds,
    items,
    lists,
    minutes,
    network,
    network_after,
    network_efforts,
    network_running,
    network_steps,
    open_links,
    own_child,
    papers,
    people,
    plan,
    projector,
    relays,
    releasing,
    run,
    succession,
    texts,
    ticking,
    topics,
)

app_name = "meetings"

planning: list[URLPattern] = [
    path("", lists.meeting_list, name="list"),
    path("nyt/", plan.which, name="create"),
    path("nyt/detaljer/", plan.create, name="create_details"),
    path("raekke/", plan.series, name="series"),
    path("<int:pk>/", before.before, name="before"),
    path("<int:pk>/ret/", plan.edit, name="edit"),
    path("<int:pk>/aflys/", plan.cancel, name="cancel"),
    path("<int:pk>/aflys/fortryd/", plan.undo_cancel, name="undo_cancel"),
    path("<int:pk>/slet/", plan.discard, name="discard"),
    path("<int:pk>/send/", before.send, name="send"),
    path("<int:pk>/mind/", before.ask_again, name="ask_again"),
    path("<int:pk>/hent-nyt/", before.refresh, name="refresh"),
    path("<int:pk>/punkter/nyt/", items.add, name="item_add"),
    path("<int:pk>/punkter/flyt/", items.order, name="order"),
    path("<int:pk>/punkter/fortryd/", items.put_back, name="put_back"),
    path("<int:pk>/punkter/<int:item_pk>/ret/", items.edit, name="item_edit"),
    path("<int:pk>/punkter/<int:item_pk>/fjern/", items.remove, name="item_remove"),
    path("<int:pk>/punkter/<int:item_pk>/udskyd/", items.defer, name="item_defer"),
    path("<int:pk>/punkter/<int:item_pk>/udskyd/fortryd/", items.undo_defer, name="item_undo_defer"),
    path("<int:pk>/bilag/nyt/", attachments.add, name="attachment_add"),
    path("<int:pk>/bilag/<int:attachment_pk>/", attachments.download, name="attachment"),
    path("<int:pk>/bilag/<int:attachment_pk>/fjern/", attachments.remove, name="attachment_remove"),
    path("<int:pk>/konklusioner/", conclusions.conclusions, name="conclusions"),
]

attending_people: list[URLPattern] = [
    path("<int:pk>/svar/", people.answer, name="answer"),
    path("<int:pk>/stedfortraeder/", people.substitute, name="substitute"),
    path("<int:pk>/tilmeld/", people.sign_up, name="sign_up"),
    path("<int:pk>/meld-fra/", people.sign_off, name="sign_off"),
    path("<int:pk>/deltagere/", people.people, name="people"),
    path("<int:pk>/deltagere/gaest/", people.guest_add, name="guest_add"),
    path("<int:pk>/deltagere/<int:participation_pk>/tag-af/", people.remove, name="remove"),
    path("<int:pk>/deltagere/<int:participation_pk>/tilbage/", people.restore, name="restore"),
    path("<int:pk>/deltagere/<int:participation_pk>/svar/", people.answer_for, name="answer_for"),
    path(
        "<int:pk>/deltagere/<int:participation_pk>/godkend/",
        people.substitute_confirm,
        name="substitute_confirm",
    ),
    path(
        "<int:pk>/deltagere/<int:participation_pk>/nej/", people.substitute_decline, name="substitute_decline"
    ),
    path("svar/<str:token>/", open_links.answer_link, name="answer_link"),
    path("svar/<str:token>/gem/", open_links.answer_link_save, name="answer_link_save"),
    path("svar/<str:token>/stedfortraeder/", open_links.substitute_link, name="substitute_link"),
    path("besvar/<str:token>/", open_links.relay_link, name="relay_link"),
]

between_meetings: list[URLPattern] = [
    path("forum/<int:forum_pk>/emner/", topics.bank, name="topics"),
    path("forum/<int:forum_pk>/emner/nyt/", topics.add, name="topic_add"),
    path("forum/<int:forum_pk>/emner/<int:pk>/ret/", topics.edit, name="topic_edit"),
    path("forum/<int:forum_pk>/emner/<int:pk>/paa/", topics.schedule, name="topic_schedule"),
    path("forum/<int:forum_pk>/emner/<int:pk>/nej/", topics.decline, name="topic_decline"),
    path("forum/<int:forum_pk>/emner/<int:pk>/bank/", topics.to_bank, name="topic_bank"),
    path("forum/<int:forum_pk>/emner/<int:pk>/laeg-vaek/", topics.archive, name="topic_archive"),
    path("forum/<int:forum_pk>/sendt/", relays.sent_and_received, name="relays"),
    path("forum/<int:forum_pk>/sendt/nyt/", relays.add, name="relay_add"),
    path("forum/<int:forum_pk>/sendt/<int:pk>/svar/", relays.answer, name="relay_answer"),
    path("forum/<int:forum_pk>/sendt/<int:pk>/traek-tilbage/", relays.withdraw, name="relay_withdraw"),
]

# The meeting while it runs and afterwards: names run ("<int:pk>/under/"), projector ("<int:pk>/storskaerm/"),
# after ("<int:pk>/efter/").
during_and_after: list[URLPattern] = [
    path("<int:pk>/under/", run.run, name="run"),
    path("<int:pk>/under/begynd/", run.start, name="start"),
    path("<int:pk>/under/fortryd/", run.back_to_planned, name="back_to_planned"),
    path("<int:pk>/under/videre/", run.move, name="move"),
    path("<int:pk>/under/slut/", run.finish, name="finish"),
    path("<int:pk>/under/gaest/", attending.guest, name="guest"),
    path("<int:pk>/under/fremmoede/", attending.attend, name="attend"),
    path("<int:pk>/under/aftaler/<int:agreement_pk>/<slug:step>/", choosing.choose, name="choose"),
    path("<int:pk>/under/punkt/<int:item_pk>/", run.run_item, name="run_item"),
    path("<int:pk>/under/punkt/<int:item_pk>/tekst/", texts.save, name="save_text"),
    path("<int:pk>/under/punkt/<int:item_pk>/<slug:step>/", run.mark, name="mark"),
    path("<int:pk>/under/punkt/<int:item_pk>/fang/fortryd/", catching.capture_undo, name="capture_undo"),
    path("<int:pk>/under/punkt/<int:item_pk>/fang/<slug:slug>/", catching.capture, name="capture"),
    path(
        "<int:pk>/under/punkt/<int:item_pk>/fang/<slug:slug>/<int:thing_pk>/",
        catching.capture_edit,
        name="capture_edit",
    ),
    path(
        "<int:pk>/under/punkt/<int:item_pk>/fang/<slug:slug>/<int:thing_pk>/fjern/",
        catching.capture_remove,
        name="capture_remove",
    ),
    path("<int:pk>/storskaerm/", projector.projector, name="projector"),
    path("<int:pk>/tjekliste/<int:item_pk>/", ticking.tick, name="tick"),
    path("<int:pk>/efter/", minutes.after, name="after"),
    path("<int:pk>/efter/aftale/<int:agreement_pk>/", minutes.fix, name="fix_agreement"),
    path("<int:pk>/efter/de-rigtige/", minutes.right_people, name="right_people"),
    path("<int:pk>/efter/til-bemaerkninger/", minutes.send_for_comments, name="send_for_comments"),
    path("<int:pk>/efter/kladde/", minutes.back_to_draft, name="back_to_draft"),
    path("<int:pk>/efter/godkend/", minutes.approve, name="approve"),
    path("<int:pk>/efter/svar/", minutes.comment, name="comment"),
    path("<int:pk>/efter/tilfoejelse/", minutes.addendum, name="addendum"),
    path("referat/<str:token>/", minutes.comment_link, name="comment_link"),
    path("<int:pk>/dagsorden.pdf", papers.agenda_pdf, name="agenda_pdf"),
    path("<int:pk>/dagsorden.docx", papers.agenda_word, name="agenda_word"),
    path("<int:pk>/referat.pdf", papers.minutes_pdf, name="minutes_pdf"),
    path("<int:pk>/referat.docx", papers.minutes_word, name="minutes_word"),
]

# Cases by name at a meeting, and concerns without a name on an agenda. Names in these addresses: none, only numbers and
# case codes.
cases_at_meetings: list[URLPattern] = [
    path("bekymring/<str:code>/uden-navn/", cases.take_up, name="case_take_up"),
    path("bekymring/<str:code>/med-navn/", cases.plan, name="case_plan"),
    path("<int:pk>/sager/", cases.case_list, name="case_list"),
    path("<int:pk>/sager/<int:case_pk>/", cases_open.case, name="case"),
    path("<int:pk>/sager/<int:case_pk>/grundlag/", cases.ground, name="case_ground"),
    path("<int:pk>/sager/<int:case_pk>/tag-af/", cases.take_off, name="case_take_off"),
    path("<int:pk>/sager/<int:case_pk>/aabn/", cases_open.open_name, name="case_open"),
    path("<int:pk>/sager/<int:case_pk>/tekst/", cases_open.save_text, name="case_text"),
    path("<int:pk>/sager/<int:case_pk>/om/", cases_open.facts, name="case_facts"),
    path("<int:pk>/sager/<int:case_pk>/besked/", cases_open.information, name="case_information"),
    path("<int:pk>/sager/<int:case_pk>/aftale/", cases_open.agree, name="case_agree"),
    path("<int:pk>/sager/<int:case_pk>/beslutning/", cases_open.decide, name="case_decide"),
    path("<int:pk>/sager/<int:case_pk>/faerdig/", cases_open.finish, name="case_finish"),
    path("<int:pk>/sager/<int:case_pk>/tilfoejelse/", cases_open.add_note, name="case_note"),
    path("<int:pk>/sager/<int:case_pk>/familie/", releasing.release, name="case_release"),
    path(
        "<int:pk>/sager/<int:case_pk>/familie/<int:text_pk>/tag-tilbage/",
        releasing.take_back,
        name="case_take_back",
    ),
    path("<int:pk>/sager/<int:case_pk>/familie/barnet/", releasing.child_agrees, name="case_child_agrees"),
    path("<int:pk>/sager/<int:case_pk>/referat.pdf", cases_open.paper_pdf, name="case_pdf"),
    path("<int:pk>/sager/<int:case_pk>/referat.docx", cases_open.paper_word, name="case_word"),
    path("<int:pk>/navne/", cases_names.names, name="names"),
    path("<int:pk>/navne/ind/", cases_names.intake, name="names_in"),
    path("<int:pk>/navne/distrikt/", cases_names.district, name="names_district"),
    path("<int:pk>/navne/aabn/", cases_names.open_all, name="names_open"),
    path("<int:pk>/under/ud-og-ind/", attending.out, name="out"),
]

calendars: list[URLPattern] = [
    path("kalender/", feeds.calendar, name="calendar"),
    path("kalender/ny/", feeds.calendar_make, name="calendar_make"),
    path("kalender/luk/", feeds.calendar_close, name="calendar_close"),
    path("kalender/forum/<int:forum_pk>/", feeds.calendar, name="forum_calendar"),
    path("kalender/forum/<int:forum_pk>/ny/", feeds.calendar_make, name="forum_calendar_make"),
    path("kalender/forum/<int:forum_pk>/luk/", feeds.calendar_close, name="forum_calendar_close"),
    path("kalender/<str:token>.ics", feeds.calendar_feed, name="calendar_feed"),
]

# What happens to meetings when a forum closes or a person leaves.
handing_on: list[URLPattern] = [
    path("fratraeder/<int:person_pk>/", succession.hand_over, name="hand_over"),
    path("medlem/<int:pk>/slut/", succession.member_end, name="member_end"),
    path("medlem/<int:pk>/igen/", succession.member_restore, name="member_restore"),
    path("forum/<int:pk>/luk/", succession.forum_close, name="forum_close"),
    path("forum/<int:pk>/saml/", succession.forum_merge, name="forum_merge"),
]

urlpatterns: list[URLPattern] = (
    cases_at_meetings
    + planning
    + attending_people
    + between_meetings
    + during_and_after
    + calendars
    + handing_on
)

# Of its own, at /netvaerksmoeder/: only who takes part knows of it.
network_meetings: list[URLPattern] = [
    path("", network.network_list, name="list"),
    path("nyt/<str:code>/", network.begin, name="begin"),
    path("<int:pk>/", network.meeting, name="meeting"),
    path("<int:pk>/trin/<slug:slug>/", network_steps.step, name="step"),
    path("<int:pk>/trin/<slug:slug>/<slug:what>/", network_steps.act, name="act"),
    path("<int:pk>/indkald/", network_steps.call, name="call"),
    path("<int:pk>/opgiv/", network.give_up, name="give_up"),
    path("<int:pk>/svar/", network.answer, name="answer"),
    path("<int:pk>/tjekliste/<int:item_pk>/", network.tick, name="tick"),
    path("<int:pk>/familien/", network.family_links, name="family_links"),
    path("<int:pk>/begynd/", network_running.start, name="start"),
    path("<int:pk>/under/", network_running.run, name="run"),
    path("<int:pk>/under/skema/", network_running.save, name="save"),
    path("<int:pk>/under/indsatser/<int:row_pk>/", network_efforts.effort, name="effort"),
    path("<int:pk>/under/indsatser/<int:row_pk>/vaelg/", network_efforts.choose, name="choose"),
    path("<int:pk>/efter/", network_after.after, name="after"),
    path("<int:pk>/efter/godkend/", network_after.approve, name="approve"),
    path("<int:pk>/efter/familie/", releasing.release_network, name="release"),
    path("<int:pk>/efter/familie/barnet/", releasing.child_agrees_network, name="child_agrees"),
    path("<int:pk>/efter/familie/<int:text_pk>/tag-tilbage/", releasing.take_back_network, name="take_back"),
    path("<int:pk>/efter/opfoelgning/", network_after.follow_up, name="follow_up"),
    path("<int:pk>/efter/afslut/", network_after.close, name="close"),
    path("<int:pk>/skema.pdf", network_after.form_pdf, name="form_pdf"),
    path("<int:pk>/skema.docx", network_after.form_word, name="form_word"),
]
# At /familie/: what a family reads after a login of its own, and what a signed link shows.
family_links: list[URLPattern] = [
    path("", own_child.front, name="front"),
    path("mit/", own_child.mine, name="mine"),
    path("mit/<str:code>/moede/<int:pk>/", own_child.minutes, name="minutes"),
    path("mit/<str:code>/plan/<int:pk>/", own_child.plan, name="plan"),
    path("log-ud/", own_child.leave, name="leave"),
    path("<str:token>/", family.invitation, name="invitation"),
]
