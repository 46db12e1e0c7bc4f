"""What the demo's networks talk about: believable, general, and about nobody."""

from __future__ import annotations

MINUTES: dict[str, tuple[str, ...]] = {
    "mapping": (
        "Skolen oplever mere uro i frikvartererne end i foråret. Klubben ser de samme grupper om aftenen og har god kontakt til dem.",
        "Der er roligt i bydelen. Flere unge bruger multibanen, og naboerne er glade for lyset, der blev sat op.",
        "Der er fundet tomme lattergaspatroner ved cykelskuret og bag hallen. Det er de samme steder som før ferien.",
        "Politiet har haft færre henvendelser end sidste måned. Knallertkørsel på stierne fylder stadig om fredagen.",
    ),
    "effort_status": (
        "Lektiecaféen kører to gange om ugen med 12-15 elever. Forløbet om digital dannelse på 6. årgang er afsluttet og gik godt.",
        "Forældremødet om snus havde fuldt hus. Klubben har holdt to temaaftener. Nattevandringen mangler flere frivillige.",
        "Social pejling på 7. årgang er planlagt. Resultatet tages med på næste møde.",
    ),
    "theme": (
        "Netværket fik et oplæg og talte om, hvad hver især kan gøre i hverdagen. Der er behov for en fælles besked til forældrene.",
        "Vi gennemgik, hvordan en bekymringssamtale kan begynde, og hvem man kan ringe til først.",
        "Billeddeling fylder mest i 6. og 7. klasse. Skole og klub siger det samme til de unge, det virker.",
    ),
    "information": (
        "Der blev orienteret kort. Ingen spørgsmål.",
        "Ny medarbejder i kontaktteamet blev budt velkommen.",
    ),
    "discussion": (
        "Gruppen var enig om at prøve det af i en måned og følge op på næste møde.",
        "Flere pegede på, at overgangen fra mellemtrin til udskoling er sårbar. Klassernes lærere skal tidligere ind.",
    ),
    "decision": ("Forslaget blev vedtaget. Det evalueres om et halvt år.",),
    "any_other_business": ("Intet til punktet.", "Næste møde holdes som planlagt."),
    "agreements": ("Aftalerne blev gennemgået.",),
    "single_case": ("Drøftet i overordnede træk.",),
}

AGREEMENTS = (
    "Ring til boligforeningen om belysning ved stationen",
    "Send skabelon til forældremøde om snus",
    "Aftal opsøgende aftener med klubben",
    "Indkald til fælles forældremøde for 7. og 8. årgang",
    "Vis lærerne, hvad en lattergaspatron er",
    "Find en oplægsholder til fællesmødet",
    "Undersøg, om hallen kan holde åbent fredag aften",
    "Spørg elevrådet, hvad de ser på de sociale medier",
    "Lav en kort besked til forældrene om knallertkørsel",
    "Aftal social pejling på 7. årgang",
    "Saml klubbernes åbningstider i én oversigt",
    "Hæng plakater op om nattevandring",
    "Invitér den boligsociale medarbejder til næste møde",
    "Følg op på morgenmodtagelsen for mellemtrinnet",
    "Kontakt boldklubben om fritidspas",
    "Hold møde med ungdomsskolen om rusforebyggelse",
    "Skriv til naboerne om den nye multibane",
    "Del erfaringer fra lektiecaféen med de andre skoler",
)

STATUS_NOTES = (
    "Har talt med dem. De vender tilbage i næste uge.",
    "Skabelonen er klar, den mangler kun at blive delt.",
    "Der er fundet en dato.",
)
STOP_REASONS = ("Løst på anden måde.", "Tilbuddet findes allerede hos klubben.", "Der er ikke længere behov.")
CHANGE_REASONS = ("Det viste sig at være en større opgave.", "Vi begynder i det små.")

TOPICS = (
    ("Snus og lattergas i udskolingen", "Vi finder patroner flere gange om ugen."),
    ("Ungesamtaler: hvordan begynder vi?", "Nye kolleger spørger, hvordan man tager den første samtale."),
    ("Sociale medier og deling af billeder", "Forældrene efterlyser en fælles linje fra skole og klub."),
    ("Risikoadfærd i weekenden", "Kontaktteamet møder yngre unge end før."),
    ("Overgangen fra mellemtrin til udskoling", "Det er her, flest holder op i klubben."),
    ("Fritidspas: hvem får det tilbudt?", "Boldklubben har plads til flere."),
)
PROPOSALS = (
    "Forslag om fælles belysning på stien mellem skole og station",
    "Forslag om et fast forældremøde om rusmidler på 7. årgang i hele kommunen",
)
DECISIONS = (
    "Vi holder ét fælles forældremøde i stedet for ét pr. klasse.",
    "Skole og klub bruger samme besked til forældrene.",
    "Emnet tages op igen om tre måneder.",
)

CHARTER = """## Formål
At samarbejde, dele viden og kortlægge tendenser, så vi sammen kan forebygge mistrivsel og kriminalitet blandt børn og unge.

## Opgaver
- Følge, hvad der sker i distriktet, og vurdere, om der er behov for en indsats.
- Følge op på de indsatser, der er sat i gang.
- Samle emner i emnebanken og tage dem op efter tur.

## Sådan arbejder vi
Tovholderen indkalder med dagsorden i god tid. Enkeltsager drøftes kun i overordnede træk.
"""

PROGRAMME = """16.00 Velkommen, og hvad året har vist os
16.30 Oplæg: Unge, natteliv og fællesskab
17.45 Værksteder: skærme og billeder, rusmidler, de usynlige unge
19.00 Fælles spisning
20.00 Hvad tager vi med ind i næste år?
"""
