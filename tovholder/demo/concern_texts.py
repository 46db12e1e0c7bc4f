"""What the demo's concerns say. Every child, name and event is invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A concern as it was raised, and how far it has come. `by` counts among those who raise them."""

    days: int
    seen: str
    level: str = "anonymous"
    subject: str = "child"
    status: str = "new"
    by: int = 0
    scale: str = "gul"
    categories: tuple[str, ...] = ()
    since: str = ""
    tried: str = ""
    works: str = ""
    risk: tuple[str, ...] = ()
    protective: tuple[str, ...] = ()
    offence: str = ""
    children: tuple[tuple[str, float], ...] = ()
    source: str = "staff"
    notes: tuple[str, ...] = ()
    advice: str = ""
    question: str = ""
    team: str = ""
    reason: str = ""
    lasted: int = 30
    notified: int | None = None


CASES: tuple[Case, ...] = (
    Case(0, "En elev på mellemtrinnet har været væk fem mandage i træk og siger, at der er uro derhjemme.", by=0,
         categories=("fravaer",), since="Efter efterårsferien", tried="Samtale med eleven, ring hjem to gange.",
         works="Eleven kommer, når der er idræt.", risk=("fravaer-fra-skole",), protective=("en voksen, der lytter",)),
    Case(1, "Unge samles ved stationen fredag aften. Der er drukket, og ruder er smadret.", level="general",
         subject="place", by=3, scale="groen", categories=("kriminalitet",)),
    Case(2, "Billeder deles i en gruppechat på årgangen. Flere elever er kede af det.", level="anonymous",
         subject="group", by=1, categories=("digitale-kraenkelser",), question="Har du hørt om gruppechatten i klassen?"),
    Case(3, "Har fortalt, at en voksen derhjemme slår. Havde et blåt mærke på armen.", level="named", by=0, scale="roed",
         categories=("vold-i-familien",), children=(("Noah Testesen Lund", 9.98),), status="clarifying", notified=0,
         notes=("Skolen har ringet og underrettet samme dag.",), risk=("noget derhjemme",), protective=("tæt på sin lærer",)),
    Case(4, "Kommer ikke i skole. Er set i byen om formiddagen med ældre unge.", level="named", by=1,
         categories=("fravaer", "kriminalitet"), children=(("Emil Prøvegaard", 14.2),), status="clarifying",
         tried="Kontaktlærer har besøgt hjemmet.", works="Fodbold to gange om ugen.", team="Kender familien og skal med på besøg."),
    Case(6, "Sover i timerne og har ikke madpakke med.", by=0, scale="groen", categories=("mistrivsel",), status="advised",
         advice="Tal med eleven om, hvordan en morgen ser ud. Inviter forældrene til en kort samtale, og sig, hvad I har set."),
    Case(9, "Er kommet tæt på en ældre gruppe ved stationen og lugter af hash.", level="named", by=2, categories=("rusmidler",), status="plan",
         children=(("Milo Eksempelsen", 15.6),), notes=("Rusmiddelkonsulenten har talt med den unge.",),
         protective=("en fritidsjob-chef, der bakker op",)),
    Case(12, "Lille gruppe truer yngre elever på vej hjem.", subject="group", by=1, status="on_agenda",
         categories=("ungegruppering",)),
    Case(15, "Blev standset med en kniv. Har ikke været sigtet før.", level="named", by=3, source="police",
         categories=("kriminalitet",), children=(("Oskar Opdigtet Holm", 16.1),), offence="Besiddelse af kniv på offentligt sted."),
    Case(18, "Er holdt op med at spise sammen med de andre.", by=0, scale="gul", categories=("mistrivsel",),
         status="clarifying"),
    Case(22, "Forældrene er gået fra hinanden, og barnet er bange for at tage hjem.", level="named", by=2,
         categories=("kriser-i-hjemmet",), children=(("Freja Testrup", 11.3),), status="network_meeting",
         works="Er glad for sin mormor."),
    Case(25, "Hærværk på legepladsen hver weekend.", level="general", subject="place", by=3, scale="groen",
         status="on_agenda", categories=("kriminalitet",)),
    Case(31, "Snus og vapes sælges i frikvartererne.", level="general", subject="phenomenon", by=1, scale="groen",
         status="on_agenda", categories=("rusmidler",)),
    # Those in a plan are the children of `plans.STORIES`.
    Case(40, "Sidder ofte alene i frikvarteret og er begyndt at blive hjemme om mandagen.", level="named", by=2, status="plan",
         children=(("Alma Birk Eksempelsen", 13.3),), notes=("Klasselæreren ringer hjem hver mandag morgen.",)),
    Case(48, "Har ikke været i skole i tre uger og siger ikke noget derhjemme.", level="named", by=2, categories=("fravaer",),
         status="clarifying", children=(("Emil Prøvegaard", 14.2),), risk=("fravaer-fra-skole",)),
    Case(60, "Er set på stationen om natten flere gange.", level="named", by=3, categories=("kriminalitet",),
         status="clarifying", children=(("Emil Prøvegaard", 14.2),)),
    Case(55, "Mobning i klassen, som ikke er stoppet.", subject="group", by=1, status="closed", lasted=45,
         categories=("mobning",), reason="Klassen har haft et forløb. Eleverne siger, at det er stoppet.", advice="Tal med klassen."),
    Case(70, "Er blevet set med nogen, der sælger stoffer.", level="named", by=3, source="police", status="no_action",
         children=(("Villads Fiktiv", 15.1),), categories=("rusmidler",), reason="Der var ikke noget om det.", lasted=10),
    Case(85, "Ny i klassen og alene i alle frikvarterer.", by=0, scale="groen", categories=("mistrivsel",), status="closed",
         lasted=20, reason="Har fået en makker og er med i klubben.", advice="Giv eleven en makker i en måned."),
    Case(110, "Vold mod en bror.", level="named", by=2, scale="roed", categories=("vold",), status="handed_over",
         children=(("Lærke Skrøne", 12.4),), reason="Familiegruppen har sagen.", lasted=5, notified=0),
    Case(140, "Ild sat til affald bag hallen.", level="general", subject="place", by=3, status="closed",
         scale="groen", reason="Containerne er flyttet, og der er lys på stien.", lasted=60),
    Case(170, "Har været væk fra skole hver fredag.", by=0, categories=("fravaer",), status="reopened",
         reason="Fraværet er begyndt igen."),
    Case(200, "En gruppe kører råddent på knallert ved skolen.", level="general", subject="group", by=1, scale="groen",
         status="closed", reason="Betjenten har talt med gruppen.", lasted=30),
    Case(240, "Siger, at livet ikke er værd at leve.", by=0, scale="roed", categories=("mistrivsel",), status="handed_over",
         reason="Skolen har underrettet og fulgt eleven til lægen.", lasted=1, notified=0),
    Case(290, "Penge og telefoner forsvinder fra garderoben.", level="general", subject="phenomenon", by=1, scale="groen",
         status="closed", reason="Garderoben er låst i timerne.", lasted=40),
    Case(330, "Har mistet sin far og er gået helt i stå.", level="named", by=2, status="closed",
         children=(("Sigrid Opspind", 13.0),), categories=("kriser-i-hjemmet",), reason="Går i sorggruppe og kommer i skole.", lasted=120),
)  # fmt: skip
