"""What the log says in words: one sentence for each action, one word for each kind of thing.

A test asserts that every action that the code writes has its sentence here.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tovholder.accounts.models import Role
from tovholder.audit.models import Event
from tovholder.concerns.models import ConcernStatus

# Follows the name: "Anna" + "flyttede mødet".
SENTENCES = {
    "access.refused": gettext_lazy("fik afslag"),
    "agreement.anonymous_read": gettext_lazy("læste anonyme aftaler"),
    "agreement.changed": gettext_lazy("ændrede aftalen til en ny aftale"),
    "agreement.continued": gettext_lazy("valgte, at aftalen fortsætter"),
    "agreement.created": gettext_lazy("lavede aftalen"),
    "agreement.done": gettext_lazy("skrev, at aftalen er gjort"),
    "agreement.edited": gettext_lazy("rettede aftalen"),
    "agreement.handed_over": gettext_lazy("gav aftalen til en anden ansvarlig"),
    "agreement.helper_removed": gettext_lazy("tog en hjælper af aftalen"),
    "agreement.helper_replaced": gettext_lazy("satte en anden hjælper på aftalen"),
    "agreement.moved_to_forum": gettext_lazy("flyttede aftalen til et andet forum"),
    "agreement.reopened": gettext_lazy("åbnede aftalen igen"),
    "agreement.status_added": gettext_lazy("skrev en status på aftalen"),
    "agreement.stopped": gettext_lazy("stoppede aftalen"),
    "attachment.removed": gettext_lazy("fjernede et bilag"),
    "attachment.stored": gettext_lazy("lagde et bilag på"),
    "backup.made": gettext_lazy("lavede en sikkerhedskopi"),
    "backup.restored": gettext_lazy("genskabte data fra en sikkerhedskopi"),
    "calendar.closed": gettext_lazy("lukkede en kalenderadresse"),
    "calendar.made": gettext_lazy("lavede en kalenderadresse"),
    "calendar.renewed": gettext_lazy("lavede en ny kalenderadresse i stedet for den gamle"),
    "case_agreement.carried": gettext_lazy("tog åbne aftaler i sagen op på et møde"),
    "case_agreement.changed": gettext_lazy("ændrede en aftale i sagen til en ny"),
    "case_agreement.continued": gettext_lazy("valgte, at en aftale i sagen fortsætter"),
    "case_agreement.done": gettext_lazy("skrev, at en aftale i sagen er gjort"),
    "case_agreement.edited": gettext_lazy("rettede en aftale i sagen"),
    "case_agreement.made": gettext_lazy("lavede en aftale i sagen"),
    "case_agreement.passed_on": gettext_lazy("gav en aftale i sagen videre fra en, der fratrådte"),
    "case_agreement.read": gettext_lazy("så aftaler i sagen"),
    "case_agreement.reopened": gettext_lazy("åbnede en aftale i sagen igen"),
    "case_agreement.status_added": gettext_lazy("skrev en status på en aftale i sagen"),
    "case_agreement.stopped": gettext_lazy("stoppede en aftale i sagen"),
    "case_item.agreed": gettext_lazy("lavede en aftale i en sag"),
    "case_item.approved": gettext_lazy("godkendte det, der blev sagt i en sag"),
    "case_item.decided": gettext_lazy("besluttede, hvad der skal ske i en sag"),
    "case_item.done": gettext_lazy("blev færdig med en sag på et møde"),
    "case_item.exported": gettext_lazy("hentede referatet af en sag"),
    "case_item.facts_noted": gettext_lazy("skrev barnets mening og besked til familien i en sag"),
    "case_item.ground_written": gettext_lazy("skrev grundlaget for at nævne et navn"),
    "case_item.handed_over": gettext_lazy("overleverede et navn til et møde"),
    "case_item.listed": gettext_lazy("så koderne på et mødes sager"),
    "case_item.note_added": gettext_lazy("skrev en tilføjelse til referatet af en sag"),
    "case_item.opened": gettext_lazy("åbnede et navn på et møde"),
    "case_item.planned": gettext_lazy("satte en sag på et møde"),
    "case_item.read": gettext_lazy("så en sag"),
    "case_item.released": gettext_lazy("frigav noget af en sag til familien"),
    "case_item.text_saved": gettext_lazy("skrev i referatet af en sag"),
    "case_item.withdrawn": gettext_lazy("tog en sag af et møde"),
    "case_plan.closed": gettext_lazy("afsluttede indsatsaftalen i sagen"),
    "case_plan.given_on": gettext_lazy("skrev, at indsatsaftalen i sagen er givet videre"),
    "case_plan.read": gettext_lazy("så indsatsaftalen i sagen"),
    "case_plan.reopened": gettext_lazy("genåbnede indsatsaftalen i sagen"),
    "case_plan.scaled": gettext_lazy("skrev et tal i indsatsaftalen"),
    "case_plan.scaling_taken_back": gettext_lazy("tog et tal i indsatsaftalen tilbage"),
    "case_plan.started": gettext_lazy("lavede en indsatsaftale i sagen"),
    "case_plan.written": gettext_lazy("skrev i indsatsaftalen"),
    "charter.approved": gettext_lazy("godkendte kommissoriet"),
    "charter.drafted": gettext_lazy("begyndte på et nyt kommissorium"),
    "charter.dropped": gettext_lazy("kasserede et udkast til kommissorium"),
    "charter.written": gettext_lazy("skrev i kommissoriet"),
    "child.adult_added": gettext_lazy("skrev en voksen på barnet"),
    "child.adult_changed": gettext_lazy("rettede en voksen på barnet"),
    "child.changed": gettext_lazy("rettede barnets oplysninger"),
    "child.created": gettext_lazy("oprettede et barn"),
    "child.erased": gettext_lazy("slettede barnet"),
    "child.found": gettext_lazy("slog barnet op"),
    "child.log_made": gettext_lazy("hentede barnets log til familien"),
    "child.merged": gettext_lazy("lagde to oprettelser af barnet sammen"),
    "child.read": gettext_lazy("så barnets oplysninger"),
    "concern.absence_noted": gettext_lazy("skrev et barns fravær ned"),
    "concern.advice_given": gettext_lazy("gav råd i sagen"),
    "concern.advised": gettext_lazy("gav et mødes råd videre til bekymringen"),
    "concern.answered": gettext_lazy("svarede på et spørgsmål i sagen"),
    "concern.asked": gettext_lazy("stillede et spørgsmål i sagen"),
    "concern.case_team_joined": gettext_lazy("satte en person i sagens team"),
    "concern.case_team_left": gettext_lazy("tog en person ud af sagens team"),
    "concern.child_laid_on": gettext_lazy("satte et barn på sagen"),
    "concern.child_part_set": gettext_lazy("ændrede barnets rolle i sagen"),
    "concern.consent_closed": gettext_lazy("lukkede det, et tilbagetrukket samtykke åbnede"),
    "concern.erased": gettext_lazy("slettede sagens tekster"),
    "concern.information_answered": gettext_lazy("skrev, om familien har fået det at vide"),
    "concern.listed": gettext_lazy("så sagen"),
    "concern.lists_set": gettext_lazy("rettede, hvilke lister sagen står på"),
    "concern.note_written": gettext_lazy("skrev i sagens forløb"),
    "concern.notified": gettext_lazy("skrev, at der er underrettet"),
    "concern.question_read": gettext_lazy("læste et spørgsmål"),
    "concern.question_withdrawn": gettext_lazy("trak et spørgsmål tilbage"),
    "concern.raised": gettext_lazy("rejste bekymringen"),
    "concern.read": gettext_lazy("læste sagen"),
    "concern.receipt_noted": gettext_lazy("skrev, at kvitteringen for en underretning er kommet"),
    "concern.rewritten": gettext_lazy("skrev sagens tekster om uden et barn"),
    "concern.status_set": gettext_lazy("gav sagen ny status"),
    "concern.taken_on": gettext_lazy("blev sagsansvarlig"),
    "consent.given": gettext_lazy("skrev et samtykke ned"),
    "consent.read": gettext_lazy("så barnets samtykker"),
    "consent.scan_added": gettext_lazy("lagde et underskrevet samtykke ind"),
    "consent.scan_read": gettext_lazy("så et underskrevet samtykke"),
    "consent.withdrawn": gettext_lazy("skrev, at et samtykke er trukket tilbage"),
    "demo.made": gettext_lazy("lavede demoens personer og møder"),
    "family.link_made": gettext_lazy("tog et link ud til familien"),
    "family.links_closed": gettext_lazy("lukkede links til familien"),
    "family.voice_written": gettext_lazy("skrev fra familiens side"),
    "forum.closed": gettext_lazy("lukkede forummet"),
    "forum.created": gettext_lazy("oprettede forummet"),
    "forum.merged": gettext_lazy("samlede fora i forummet"),
    "holiday.changed": gettext_lazy("rettede en skoleferie ved import"),
    "holiday.created": gettext_lazy("oprettede en skoleferie ved import"),
    "import.agreements_made": gettext_lazy("hentede aftaler fra Word"),
    "import.discarded": gettext_lazy("kasserede en fil, der ikke var hentet ind"),
    "import.done": gettext_lazy("hentede en fil ind"),
    "import.restarted": gettext_lazy("satte en standset import i gang igen"),
    "import.row_removed": gettext_lazy("fjernede en række ved at fortryde en import"),
    "import.row_restored": gettext_lazy("satte en række tilbage ved at fortryde en import"),
    "import.started": gettext_lazy("satte en import i gang"),
    "import.undo_restarted": gettext_lazy("satte en standset fortrydelse af en import i gang igen"),
    "import.undo_started": gettext_lazy("bad om at få en import fortrudt"),
    "import.undone": gettext_lazy("fortrød en import"),
    "import.uploaded": gettext_lazy("lagde en fil op til gennemsyn før import"),
    "item.presenter_handed_over": gettext_lazy("gav et oplæg videre til en anden"),
    "log.exported": gettext_lazy("hentede loggen som fil"),
    "log.purged": gettext_lazy("glemte gamle linjer i loggen"),
    "log.verified": gettext_lazy("efterprøvede loggen"),
    "network.approved": gettext_lazy("godkendte referatet af netværksmødet"),
    "network.attendance_taken": gettext_lazy("skrev, hvem der var til stede på netværksmødet"),
    "network.begun": gettext_lazy("begyndte at indkalde til netværksmødet"),
    "network.called": gettext_lazy("indkaldte til netværksmødet"),
    "network.effort_chosen": gettext_lazy("tog stilling til en indsats fra sidst"),
    "network.effort_edited": gettext_lazy("rettede en indsats"),
    "network.effort_removed": gettext_lazy("fjernede en indsats"),
    "network.efforts_ordered": gettext_lazy("prioriterede indsatserne"),
    "network.family_set": gettext_lazy("valgte, hvem fra familien der er med"),
    "network.family_told": gettext_lazy("skrev, at familien har fået besked"),
    "network.handed_over": gettext_lazy("gav indkaldelsen videre til en anden"),
    "network.held": gettext_lazy("afsluttede netværksmødet"),
    "network.kind_changed": gettext_lazy("skiftede mellem netværksmøde og udviklingsmøde"),
    "network.people_copied": gettext_lazy("satte de samme deltagere på det opfølgende møde"),
    "network.professional_added": gettext_lazy("satte en fagperson på netværksmødet"),
    "network.professional_off": gettext_lazy("tog en fagperson af netværksmødet"),
    "network.read": gettext_lazy("læste en sag"),
    "network.started": gettext_lazy("begyndte netværksmødet"),
    "network.step_saved": gettext_lazy("gemte et trin i indkaldelsen"),
    "network.text_saved": gettext_lazy("skrev i skemaet på netværksmødet"),
    "older_minutes.added": gettext_lazy("lagde et ældre referat ind"),
    "older_minutes.read": gettext_lazy("hentede et ældre referat"),
    "older_minutes.removed": gettext_lazy("fjernede et ældre referat"),
    "oversight.line_ticked": gettext_lazy("vurderede en linje i loggennemgangen"),
    "oversight.review_made": gettext_lazy("trak månedens loggennemgang"),
    "login.closed": gettext_lazy("lukkede loginnet"),
    "login.created": gettext_lazy("oprettede loginnet"),
    "login.connected": gettext_lazy("brugte kommunens login for første gang"),
    "login.factor_added": gettext_lazy("fik et ekstra trin på loginnet"),
    "login.factor_failed": gettext_lazy("skrev en forkert kode ved login"),
    "login.factor_removed": gettext_lazy("fjernede et ekstra trin fra loginnet"),
    "login.factors_reset": gettext_lazy("nulstillede det ekstra trin på loginnet"),
    "login.logged_out": gettext_lazy("loggede ud"),
    "login.password_changed": gettext_lazy("skiftede adgangskode"),
    "login.password_reset": gettext_lazy("valgte ny adgangskode efter at have glemt den"),
    "login.recovery_code_used": gettext_lazy("loggede ind med en nødkode"),
    "login.recovery_codes_made": gettext_lazy("fik nye nødkoder"),
    "login.refused": gettext_lazy("kunne ikke logge ind"),
    "login.sessions_ended": gettext_lazy("afsluttede login på loginnet"),
    "login.failed": gettext_lazy("afviste en forkert e-mail eller adgangskode"),
    "login.opened": gettext_lazy("åbnede loginnet igen"),
    "login.roles_set": gettext_lazy("ændrede roller på loginnet"),
    "mail.retried": gettext_lazy("lod en mail blive sendt igen"),
    "mail.retried_all": gettext_lazy("lod mails, der ikke kom frem, blive sendt igen"),
    "login.succeeded": gettext_lazy("loggede ind"),
    "meeting.agenda_built": gettext_lazy("lavede dagsordenen ud fra skabelonen"),
    "meeting.agenda_refreshed": gettext_lazy("hentede nye punkter til dagsordenen"),
    "meeting.agreement_chosen": gettext_lazy("tog stilling til en aftale på mødet"),
    "meeting.agreement_corrected": gettext_lazy("rettede en aftale på mødet"),
    "meeting.agreement_made": gettext_lazy("lavede en aftale på mødet"),
    "meeting.agreement_removed": gettext_lazy("fjernede en aftale fra mødet"),
    "meeting.agreement_restored": gettext_lazy("satte en fjernet aftale tilbage på mødet"),
    "meeting.agreements_carried": gettext_lazy("tog de åbne aftaler med på mødet"),
    "meeting.agreements_uncarried": gettext_lazy("tog de åbne aftaler af mødet igen"),
    "meeting.anonymous_read": gettext_lazy("læste anonyme punkter og aftaler"),
    "meeting.answered": gettext_lazy("svarede på indkaldelsen"),
    "meeting.asked_again": gettext_lazy("spurgte igen dem, der ikke havde svaret"),
    "meeting.attendance_taken": gettext_lazy("skrev, hvem der var til stede"),
    "meeting.cancel_told": gettext_lazy("sendte besked om aflysningen"),
    "meeting.cancel_undone": gettext_lazy("fortrød aflysningen"),
    "meeting.cancelled": gettext_lazy("aflyste mødet"),
    "meeting.chair_handed_over": gettext_lazy("gav mødeledelsen videre"),
    "meeting.change_told": gettext_lazy("sendte besked om ændringen"),
    "meeting.changed": gettext_lazy("ændrede mødet"),
    "meeting.checklist": gettext_lazy("satte eller fjernede et flueben i huskelisten"),
    "meeting.choice_undone": gettext_lazy("fortrød sit valg om en aftale på mødet"),
    "meeting.conclusions_banked": gettext_lazy("lagde konklusionerne i emnebanken"),
    "meeting.created": gettext_lazy("planlagde mødet"),
    "meeting.discarded": gettext_lazy("slettede et møde, der ikke var sendt ud"),
    "meeting.expected_attended": gettext_lazy("skrev, at alle ventede var til stede"),
    "meeting.file_attached": gettext_lazy("lagde et bilag på mødet"),
    "meeting.file_removed": gettext_lazy("fjernede et bilag fra mødet"),
    "meeting.followed_forum": gettext_lazy("førte mødet med over i det nye forum"),
    "meeting.guest_added": gettext_lazy("inviterede en gæst til mødet"),
    "meeting.guest_came": gettext_lazy("skrev en gæst på, der kom til mødet"),
    "meeting.held": gettext_lazy("afsluttede mødet"),
    "meeting.event_closed": gettext_lazy("gemte arrangementets konklusioner"),
    "meeting.invitation_sent": gettext_lazy("sendte indkaldelsen"),
    "meeting.item_added": gettext_lazy("satte et punkt på dagsordenen"),
    "meeting.item_changed": gettext_lazy("rettede et punkt på dagsordenen"),
    "meeting.item_defer_undone": gettext_lazy("fortrød at udskyde et punkt"),
    "meeting.item_deferred": gettext_lazy("udskød et punkt til næste møde"),
    "meeting.item_done": gettext_lazy("blev færdig med et punkt"),
    "meeting.item_moved": gettext_lazy("flyttede et punkt på dagsordenen"),
    "meeting.item_opened": gettext_lazy("gik til et punkt"),
    "meeting.item_put_back": gettext_lazy("satte et fjernet punkt tilbage"),
    "meeting.item_removed": gettext_lazy("tog et punkt af dagsordenen"),
    "meeting.item_sealed": gettext_lazy("tog et anonymt punkt af dagsordenen, fordi sagen fik navn"),
    "meeting.left_the_room": gettext_lazy("skrev, at nogen gik ud eller kom tilbage"),
    "meeting.item_reopened": gettext_lazy("åbnede et punkt igen"),
    "meeting.members_synced": gettext_lazy("rettede deltagerne til efter forummets medlemmer"),
    "meeting.minute_taker_handed_over": gettext_lazy("gav referatet videre til en anden"),
    "meeting.moved": gettext_lazy("flyttede mødet"),
    "meeting.outcome_added": gettext_lazy("skrev en beslutning, en orientering eller et forslag"),
    "meeting.outcome_edited": gettext_lazy("rettede en beslutning, en orientering eller et forslag"),
    "meeting.outcome_removed": gettext_lazy("fjernede en beslutning, en orientering eller et forslag"),
    "meeting.participant_removed": gettext_lazy("tog en deltager af mødet"),
    "meeting.participant_replaced": gettext_lazy("satte en anden i en deltagers sted"),
    "meeting.participant_restored": gettext_lazy("satte en deltager på mødet igen"),
    "meeting.reminded": gettext_lazy("sendte påmindelse om mødet"),
    "meeting.series_created": gettext_lazy("planlagde en række møder"),
    "meeting.sign_up_cancelled": gettext_lazy("meldte fra til arrangementet"),
    "meeting.signed_up": gettext_lazy("meldte til arrangementet"),
    "meeting.start_undone": gettext_lazy("satte mødet tilbage til planlagt"),
    "meeting.started": gettext_lazy("begyndte mødet"),
    "meeting.substitute_confirmed": gettext_lazy("sagde ja til en stedfortræder"),
    "meeting.substitute_declined": gettext_lazy("sagde nej til en stedfortræder"),
    "meeting.substitute_named": gettext_lazy("foreslog en stedfortræder"),
    "meeting.text_saved": gettext_lazy("skrev i referatet"),
    "membership.changed": gettext_lazy("ændrede et medlemskab"),
    "membership.ended": gettext_lazy("afsluttede et medlemskab"),
    "membership.followed": gettext_lazy("førte et medlemskab med over i det nye forum"),
    "membership.handed_over": gettext_lazy("gav et medlemskab videre"),
    "membership.made_convener": gettext_lazy("gjorde en person til tovholder"),
    "membership.restored": gettext_lazy("åbnede et medlemskab igen"),
    "membership.started": gettext_lazy("satte et medlem på forummet"),
    "minutes.addendum_added": gettext_lazy("skrev en tilføjelse til referatet"),
    "minutes.approved": gettext_lazy("godkendte referatet"),
    "minutes.commented": gettext_lazy("svarede på referatet"),
    "minutes.sent_for_comments": gettext_lazy("sendte referatet til bemærkninger"),
    "minutes.taken_back": gettext_lazy("trak referatet tilbage til kladde"),
    "organisation.changed": gettext_lazy("rettede en organisation ved import"),
    "organisation.created": gettext_lazy("oprettede en organisation ved import"),
    "person.created": gettext_lazy("oprettede personen"),
    "person.edited": gettext_lazy("rettede oplysninger om personen"),
    "person.left": gettext_lazy("skrev, at personen er fratrådt"),
    "person.login_given": gettext_lazy("gav personen et login"),
    "post.changed": gettext_lazy("rettede en post på en skole ved import"),
    "post.ended": gettext_lazy("afsluttede en post på en skole"),
    "post.handed_over": gettext_lazy("gav en post på en skole videre"),
    "post.reopened": gettext_lazy("åbnede en post på en skole igen"),
    "post.started": gettext_lazy("besatte en post på en skole"),
    "relay.answered": gettext_lazy("svarede på det, der var sendt fra et andet forum"),
    "relay.handed_over": gettext_lazy("gav noget, der var sendt til en person, videre"),
    "relay.sent": gettext_lazy("sendte et emne videre til et andet forum eller en person"),
    "relay.withdrawn": gettext_lazy("trak noget tilbage, der var sendt videre"),
    "reminders.sent": gettext_lazy("sendte påmindelse om aftaler"),
    "reminders.switched_off": gettext_lazy("slog påmindelser fra"),
    "reminders.switched_on": gettext_lazy("slog påmindelser til"),
    "review.looked": gettext_lazy("tog et årligt blik på en deltager"),
    "review.removed": gettext_lazy("fjernede en vurdering af en deltager"),
    "review.tapped": gettext_lazy("vurderede en deltager efter et møde"),
    "school.changed": gettext_lazy("rettede en skole ved import"),
    "school.created": gettext_lazy("oprettede en skole ved import"),
    "setup.discarded": gettext_lazy("kasserede en opsætningsfil"),
    "setup.draft_changed": gettext_lazy("rettede i en opsætningsfil til gennemsyn"),
    "setup.loaded": gettext_lazy("tog en opsætning i brug"),
    "setup.uploaded": gettext_lazy("lagde en opsætningsfil op til gennemsyn"),
    "table.exported": gettext_lazy("hentede en liste som fil"),
    "topic.anonymous_read": gettext_lazy("læste anonyme emner"),
    "team.joined": gettext_lazy("satte personen ind i et team"),
    "team.left": gettext_lazy("tog personen ud af et team"),
    "topic.archived": gettext_lazy("lagde et emne væk"),
    "topic.banked": gettext_lazy("lagde et emne i emnebanken"),
    "topic.captured": gettext_lazy("gemte et emne til senere"),
    "topic.changed": gettext_lazy("rettede et emne"),
    "topic.declined": gettext_lazy("sagde nej til et foreslået emne"),
    "topic.edited": gettext_lazy("rettede et emne, der blev gemt på mødet"),
    "topic.handed_over": gettext_lazy("gav et emne videre"),
    "topic.proposed": gettext_lazy("foreslog et emne"),
    "topic.restored": gettext_lazy("hentede et emne frem igen"),
    "topic.scheduled": gettext_lazy("satte et emne på en dagsorden"),
}

OBJECT_WORDS = {
    "accounts.user": gettext_lazy("Login"),
    "citizens.child": gettext_lazy("Barn"),
    "concerns.concern": gettext_lazy("Sag"),
    "directory.organisation": gettext_lazy("Organisation"),
    "directory.person": gettext_lazy("Person"),
    "directory.post": gettext_lazy("Post på skole"),
    "directory.school": gettext_lazy("Skole"),
    "directory.schoolholiday": gettext_lazy("Skoleferie"),
    "documents.attachment": gettext_lazy("Bilag"),
    "forums.charter": gettext_lazy("Kommissorium"),
    "forums.forum": gettext_lazy("Forum"),
    "forums.membership": gettext_lazy("Medlemskab"),
    "forums.participantreview": gettext_lazy("Vurdering af deltager"),
    "imports.batch": gettext_lazy("Import"),
    "meetings.agendaitem": gettext_lazy("Punkt"),
    "meetings.caseitem": gettext_lazy("Sag på møde"),
    "meetings.calendarfeed": gettext_lazy("Kalenderadresse"),
    "meetings.meeting": gettext_lazy("Møde"),
    "meetings.relay": gettext_lazy("Sendt videre"),
    "meetings.series": gettext_lazy("Række af møder"),
    "meetings.topic": gettext_lazy("Emne"),
    "outbox.outgoingmail": gettext_lazy("Mail"),
    "oversight.review": gettext_lazy("Loggennemgang"),
    "plans.agreement": gettext_lazy("Aftale"),
    "setup.setupfile": gettext_lazy("Opsætningsfil"),
}

PURPOSES = {
    "agenda": gettext_lazy("på dagsordenen"),
    "agreement": gettext_lazy("på aftalens egen side"),
    "agenda file": gettext_lazy("i dagsordenen som fil"),
    "attachment": gettext_lazy("i et bilag"),
    "absence": gettext_lazy("på siden om fravær"),
    "chronology": gettext_lazy("i barnets samlede forløb"),
    "concern": gettext_lazy("på sagens side"),
    "course": gettext_lazy("i sagens forløb"),
    "forum": gettext_lazy("på forummets side"),
    "handover": gettext_lazy("ved overdragelse"),
    "list file": gettext_lazy("i en liste som fil"),
    "list": gettext_lazy("på en liste"),
    "meeting": gettext_lazy("under mødet"),
    "network calling": gettext_lazy("for at indkalde til netværksmødet"),
    "network family": gettext_lazy("for at give familien links"),
    "network file": gettext_lazy("i skemaet som fil"),
    "network meeting": gettext_lazy("på netværksmødet"),
    "network minutes": gettext_lazy("i referatet af netværksmødet"),
    "minutes file": gettext_lazy("i referatet som fil"),
    "case": gettext_lazy("i sagen"),
    "consent": gettext_lazy("om samtykke"),
    "minutes": gettext_lazy("i referatet"),
    "my day": gettext_lazy("på Min dag"),
    "new plan": gettext_lazy("for at lave en indsatsaftale"),
    "notification page": gettext_lazy("på siden om underretning"),
    "own list": gettext_lazy("i listen over egne bekymringer"),
    "plan": gettext_lazy("på indsatsaftalens side"),
    "plans list": gettext_lazy("i listen over indsatsaftaler"),
    "protected_address": gettext_lazy("med den beskyttede adresse"),
    "question": gettext_lazy("der blev stillet"),
    "rewrite": gettext_lazy("for at skrive dem om"),
    "right_of_access": gettext_lazy("efter ønske fra familien"),
    "team list": gettext_lazy("på et teams liste"),
    "topic": gettext_lazy("på emnets egen side"),
    "triage": gettext_lazy("ved fordeling af sager"),
    "who does what": gettext_lazy("på siden »Hvem gør hvad«"),
    "who does what file": gettext_lazy("i »Hvem gør hvad« som fil"),
    "write in the plan": gettext_lazy("for at skrive i den"),
}

GROUNDS = {
    "asked": gettext_lazy("er blevet spurgt"),
    "at_the_table": gettext_lazy("sidder med ved bordet"),
    "case_team": gettext_lazy("er i sagens team"),
    "consent": gettext_lazy("nævnt i et samtykke"),
    "early_cooperation": gettext_lazy("tidligt forebyggende samarbejde"),
    "forum_member": gettext_lazy("sidder i forummet"),
    "helper": gettext_lazy("hjælper med aftalen"),
    "own_or_told": gettext_lazy("arbejder med sagen eller har fået den åbnet på mødet"),
    "own_or_triager": gettext_lazy("er i SSP-teamet eller sagens team, eller har selv rejst den"),
    "part_or_member": gettext_lazy("har del i aftalen eller sidder i forummet"),
    "participation": gettext_lazy("familien er med"),
    "raised": gettext_lazy("har selv rejst den"),
    "responsible": gettext_lazy("er ansvarlig for aftalen"),
    "rpl115": gettext_lazy("kriminalitetsforebyggende samarbejde"),
    "triager": gettext_lazy("er i SSP-teamet"),
}


def ground_word(ground: str) -> str:
    """Say on what ground something was read; one of an older version is shown as it is."""
    return str(GROUNDS.get(ground, ground))


def sentence(event: Event) -> str:
    """Say what happened, without the name that goes before it. An action of an older version is shown as it is."""
    known = SENTENCES.get(event.action)
    words = str(known) if known is not None else event.action
    if event.purpose:
        words = f"{words} {PURPOSES.get(event.purpose, event.purpose)}"
    extra = _extra(event)
    return f"{words} ({extra})" if extra else words


def _extra(event: Event) -> str:
    """Say the little more that some actions carry: which roles, how many mails, which page was refused."""
    details: dict[str, Any] = event.details
    if event.action == "concern.status_set":
        return _concern_status(str(details.get("status", "")))
    if event.action == "concern.listed":
        n = len(details.get("concerns", []))
        return ngettext("%(n)d sag", "%(n)d sager", n) % {"n": n}
    if event.action == "login.roles_set":
        given, taken = (", ".join(_role(role) for role in details.get(key, [])) for key in ("given", "taken"))
        parts = (
            _("givet: %(roles)s") % {"roles": given} if given else "",
            _("taget: %(roles)s") % {"roles": taken} if taken else "",
        )
        return "; ".join(part for part in parts if part)
    if event.action == "login.sessions_ended":
        n = details.get("sessions", 0)
        return ngettext("%(n)d sted", "%(n)d steder", n) % {"n": n}
    if event.action == "access.refused":
        return str(details.get("path", ""))
    if event.action == "log.exported":
        return (
            ngettext("%(n)d linje", "%(n)d linjer", details["rows"]) % {"n": details["rows"]}
            if "rows" in details
            else ""
        )
    if event.action == "table.exported":
        n = details.get("rows", 0)
        rows = ngettext("%(n)d række", "%(n)d rækker", n) % {"n": n}
        return f"{details.get('table', '')}, {rows}"
    if event.action in {"log.purged", "log.verified"}:
        counted = ngettext("%(n)d linje", "%(n)d linjer", details["rows"]) % {"n": details["rows"]}
        if "faults" not in details:
            return counted
        n = details["faults"]
        faults = ngettext("%(n)d fejl", "%(n)d fejl", n) % {"n": n} if n else _("ingen fejl")
        return f"{counted}, {faults}"
    if event.action.endswith(".anonymous_read"):
        return _seen(details)
    if isinstance(mails := details.get("mails"), int):
        return ngettext("%(n)d mail", "%(n)d mails", mails) % {"n": mails}
    return ""


def _seen(details: dict[str, Any]) -> str:
    """Say how much was read: "2 punkter, 1 aftale"."""
    counts = {kind: len(details.get(kind, [])) for kind in ("items", "agreements", "topics")}
    words = {
        "items": ngettext("%(n)d punkt", "%(n)d punkter", counts["items"]),
        "agreements": ngettext("%(n)d aftale", "%(n)d aftaler", counts["agreements"]),
        "topics": ngettext("%(n)d emne", "%(n)d emner", counts["topics"]),
    }
    return ", ".join(words[kind] % {"n": count} for kind, count in counts.items() if count)


def _concern_status(status: str) -> str:
    return str(ConcernStatus(status).label) if status in ConcernStatus.values else status


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


def object_word(object_type: str) -> str:
    """Name the kind of thing an event is about."""
    known = OBJECT_WORDS.get(object_type)
    return str(known) if known is not None else object_type


def actions_matching(text: str) -> list[str]:
    """Return the actions whose sentence holds every word of the text."""
    words = text.casefold().split()
    return [
        action for action, said in SENTENCES.items() if all(word in str(said).casefold() for word in words)
    ]
