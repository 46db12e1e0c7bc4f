"""Which words are names of people: lists, endings, and what stands beside them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Before a capital letter, these say that a person follows.
_RELATION = (
    r"mor|mors|moren|far|fars|faren|faderen|moderen|stedmor|stedfar|plejemor|plejefar|plejefamilien|storebror|lillebror|"
    r"bror|broren|storesøster|lillesøster|søster|søsteren|søn|sønnen|datter|datteren|fætter|kusine|kæreste|kæresten|"
    r"ven|vennen|veninde|veninden|kammerat|kammeraten|onkel|faster|moster|farfar|farmor|morfar|mormor|værge|værgen"
)
_CHILD = r"dreng|drengen|drengene|pige|pigen|pigerne|elev|eleven|eleverne|barn|barnet|børnene|unge|ukraineren|knægten"
_ROLE = (
    r"(?:klasse|kontakt|støtte|ssp-|matematik|dansk)?(?:lærer|læreren)|kontaktperson|kontaktpersonen|pædagog|pædagogen|"
    r"betjent|betjenten|politiassistent|pa\.|pb\.|vicekriminalkommissær|socialrådgiver|sagsbehandler|(?:skole|klub|afdelings)leder|"
    r"(?:ssp-)?konsulent|mentor|vikar|psykolog|sundhedsplejerske|tolk|formand|referent|mødeleder|ordstyrer|brødrene|søstrene|"
    r"søskende|søskendeparret|tvillinger|tvillingerne|ægteparret|parret|fætrene|klanen|naboen|eksmanden|ekskæresten"
)
_TALK = (
    r"(?:tal(?:t|er|te|e)|snak(?:ket|ker|kede)|møde|samtale|aftalt|aftale|konflikt|uvenner|venner|kærester?)\s+med|"
    r"(?:ringe?r?|ringede|skrive?r?|skrev)\s+til|bekymre(?:t|de)\s+for|(?:sagen|bekymring|underretning)\s+(?:om|på|vedr\.?)|"
    r"kalder(?:\s+sig)?|kaldenavnet|opsøge?r?|hentet\s+af|slået\s+af|truet\s+af"
)
_NAME = r"(?P<name>[A-ZÆØÅÉÖÜÄ][^\W\d_]+(?:-[A-ZÆØÅÉÖÜÄ]?[^\W\d_]+)*)"
PATTERNS = (
    re.compile(rf"\b(?i:{_RELATION})\s+til\s+{_NAME}"),
    re.compile(rf"\b(?i:{_RELATION}|{_CHILD}),?\s+{_NAME}"),
    re.compile(rf"\b(?i:hedder|kaldes|kaldet|ved\s+navn|fru|hr\.?|frk\.?|familien|fam\.)\s+{_NAME}"),
)
# These may have a place or a body after them too, so what follows is looked at.
WEAK_PATTERN = re.compile(rf"\b(?i:{_ROLE}|{_TALK})\s+(?=\w[^\W\d_A-ZÆØÅ]){_NAME}")
# A school, a street, a body: what ends so is no person, however it is spoken of.
_PLACE_ENDING = re.compile(
    r"(?:skolen?|klub(?:ben)?|gaden?|vej(?:en)?|hus(?:et)?|cent(?:er|eret|ret|rum)|park(?:en)?|plads(?:en)?|torv(?:et)?|"
    r"kommune[rn]?|politi(?:et)?|forening(?:en)?|råd(?:et)?|hal(?:len)?|gård(?:en)?|kirke[n]?|bro|boligen|kvarteret|ungdom|"
    r"forvaltning(?:en)?|afdeling(?:en)?|gruppe[rn]?|udvalg(?:et)?|team(?:et)?|styrelsen?|bibliotek(?:et)?|station(?:en)?|"
    r"gymnasi(?:um|et)|efterskolen?|børnehave[n]?|landet|havn(?:en)?|havet|området|brugsen|klassen|kassen|hjem(?:met)?|"
    r"vagten|linj?en|linien|ledelsen|centralen|service|ministeriet|forældre(?:ne)?|lærer(?:e|en|ne)?|leder(?:e|en|ne)?|"
    r"konsulent(?:en|er|erne)?|medarbejder(?:e|en|ne)?|tjenesten?|sikring(?:en)?|projekt(?:et)?|netværk(?:et)?|ravnene|"
    r"værk(?:et)?|ordning(?:en)?|festival(?:en)?|turnering(?:en)?|dag(?:en)?|ugen?|aften|møde(?:t)?|kursus)$"
)
_STREET_AFTER = frozenset("boulevard vej gade allé plads stræde bro kirke gymnasium friskole".split())
# Endings that only names of families from elsewhere have.
_FOREIGN_ENDING = re.compile(
    r"\w{3}(?:[oe]wsk[ia]|cki|cka|czyk|enko|chuk|czuk|ović|ević|ovic|evic|o[gğ]lu|ullah|uddin|zadeh|dóttir|athan|asamy|escu|"
    r"nnguaq|iaq)$"
)
# Latin letters that Danish words do not have (é, ä and ö they borrow).
_FOREIGN_LETTER = re.compile(r"[íìîïóòõúùûýñðþ\u0100-\u024f\u1e00-\u1eff]")
# What only a person does, so that Bjørn in "Bjørn siger" is one.
_PERSON_DOES = re.compile(
    r"\s+(?:siger|sagde|fortæller|fortalte|græd|græder|ringer|ringede|nægter|nægtede|slog|slår|truer|truede|savner|mener|"
    r"ønsker|udebliver|udeblev|pjækker|møder|mødte|hader|elsker|drikker|ryger|stjal|stjæler|bor|og\s+(?:hans|hendes)|"
    r"(?:er|var|blev|bliver)\s+(?:bange|ked|vred|sur|anholdt|sigtet|bortvist|mobbet|gravid|hjemme|uvenner|kærester?|anbragt|"
    r"flyttet)|har\s+(?:sagt|fortalt|lovet|slået|truet|stjålet|grædt|ikke\s+været))\b"
)
_PEOPLE = frozenset(
    "dreng drenge drengen drengene pige piger pigen pigerne brødre brødrene søstre familien klanen bande".split()
)
_GENITIVE = ("s", "'s", "'", "’s", "’")


def _read(name: str) -> frozenset[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word.casefold() for line in lines if not line.startswith("#") for word in line.split())


@dataclass(frozen=True, slots=True)
class NameLists:
    """Lists in lower case. `words` are first names that are ordinary words too; `harmless` are no persons."""

    first: frozenset[str]
    words: frozenset[str]
    surnames: frozenset[str]
    harmless: frozenset[str]

    @classmethod
    def shipped(cls) -> NameLists:
        return _shipped()

    def with_more(self, names: Iterable[str] = (), harmless: Iterable[str] = ()) -> NameLists:
        """Return the lists with the municipality's own names, and its places and organisations, added."""
        more = frozenset(name.casefold() for name in names)
        places = frozenset(word.casefold() for each in harmless for word in WORD.findall(each))
        return NameLists(self.first | more, self.words - more, self.surnames, self.harmless | places)

    def is_first(self, word: str) -> bool:
        """Whether the word, or each part of a double name, is a first name; a genitive s is seen through."""
        return any(
            bare and all(part in self.first for part in bare.split("-")) for bare in _bare(word.casefold())
        )

    def is_word_too(self, word: str) -> bool:
        return any(bare in self.words for bare in _bare(word.casefold()))

    def is_surname(self, word: str) -> bool:
        low = word.casefold()
        return any(bare in self.surnames or (len(bare) > 5 and bare.endswith("sen")) for bare in _bare(low))

    def is_patronym(self, word: str) -> bool:
        """Sørensen, Jensen: a first name and its ending."""
        return any(
            bare.endswith("sen") and {bare.removesuffix("sen"), bare.removesuffix("en")} & self.first
            for bare in _bare(word.casefold())
        )

    def is_harmless(self, word: str) -> bool:
        return any(bare in self.harmless for bare in _bare(word.casefold()))


@cache
def _shipped() -> NameLists:
    words = _read("also_words.txt")
    return NameLists(
        _read("first_names.txt") | words, words, _read("surnames.txt"), _read("harmless_words.txt")
    )


def _bare(word: str) -> Iterator[str]:
    yield word
    for ending in _GENITIVE:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            yield word.removesuffix(ending)


def find_names(text: str, lists: NameLists) -> Iterator[tuple[int, int]]:
    """Yield start and end of each name, a surname beside a first name with it."""
    for match in itertools.chain.from_iterable(pattern.finditer(text) for pattern in PATTERNS):
        if not lists.is_harmless(match["name"]):
            yield match.span("name")
    for match in WEAK_PATTERN.finditer(text):
        if not lists.is_harmless(match["name"]) and not _PLACE_ENDING.search(match["name"].casefold()):
            yield match.span("name")
    words = list(WORD.finditer(text))
    for n, match in enumerate(words):
        if _is_name(text, words, n, lists):
            yield match.span()


def _is_name(text: str, words: list[re.Match[str]], n: int, lists: NameLists) -> bool:
    word = words[n].group()
    first, _, people = word.rpartition("-")  # Hansen-drengene
    if first and people.casefold() in _PEOPLE:
        word = first
    if _names_a_street(text, words, n, lists):
        return False
    if not lists.is_first(word):
        return word[0].isupper() and not lists.is_harmless(word) and _is_surname(text, words, n, word, lists)
    if not lists.is_word_too(word):
        # Long enough, a name without its capital is still a name.
        return word[0].isupper() or len(word) > 3
    return word[0].isupper() and _is_person_too(text, words, n, lists)


def _is_surname(text: str, words: list[re.Match[str]], n: int, word: str, lists: NameLists) -> bool:
    """Whether a capital word that is no first name is a surname, by what stands before it or by how it is made."""
    before = _previous(text, words, n)
    if before is not None and before[0].isupper() and lists.is_first(before) and lists.is_surname(word):
        return True
    low = word.casefold()
    if _FOREIGN_ENDING.search(low) or _FOREIGN_LETTER.search(low):
        return True
    if not _ends_as_surname(word) or _PLACE_ENDING.search(low):
        return False
    # Klassen, Processen, Bestyrelsen: at the start, and for -elsen, the ending tells nothing without a name in it.
    unsure = low.endswith("elsen") or _starts_sentence(text, words[n].start())
    return not unsure or lists.is_patronym(word)


def _is_person_too(text: str, words: list[re.Match[str]], n: int, lists: NameLists) -> bool:
    """Whether a name that is a word too (Liv, Storm) is a person here."""
    word, follower, before = words[n].group(), _next(text, words, n), _previous(text, words, n)
    if before is not None and lists.is_harmless(before):  # Sankt Hans
        return False
    if follower is not None and follower[0].isupper() and lists.is_surname(follower):
        return True
    if _PERSON_DOES.match(text, words[n].end()):
        return True
    return not (_starts_sentence(text, words[n].start()) or lists.is_harmless(word))


def _names_a_street(text: str, words: list[re.Match[str]], n: int, lists: NameLists) -> bool:
    """H.C. Andersens Boulevard, Hans Egedes Gade; but Emil Gade and Mads Bro are persons."""
    for at in range(n, n + 2):
        follower = _next(text, words, at)
        if follower is None or not follower[0].isupper():
            return False
        if follower.casefold() in _STREET_AFTER:
            last = words[at].group().casefold()
            return last.endswith("s") and last not in lists.first
    return False


def _ends_as_surname(word: str) -> bool:
    """A surname by its ending alone: Sørensen, Lauritsen."""
    return any(len(bare) > 5 and bare.endswith("sen") for bare in _bare(word.casefold()))


def _previous(text: str, words: list[re.Match[str]], n: int) -> str | None:
    return words[n - 1].group() if n and _beside(text, words[n - 1], words[n]) else None


def _next(text: str, words: list[re.Match[str]], n: int) -> str | None:
    following = n + 1 < len(words) and _beside(text, words[n], words[n + 1])
    return words[n + 1].group() if following else None


def _beside(text: str, one: re.Match[str], two: re.Match[str]) -> bool:
    return text[one.end() : two.start()].strip() == "" and "\n" not in text[one.end() : two.start()]


def _starts_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 30) : at].rstrip(" \t\"'»«(–-")
    return not before or before[-1] in ".!?:\n•*"
