"""The people of the demo: ten personas with a login, and colleagues without. All fictional."""

from __future__ import annotations

from dataclasses import dataclass

from tovholder.accounts.models import Role

PASSWORD = "tovholder-demo"  # noqa: S105 - printed on the demo's login page on purpose
MAIL_DOMAIN = "demo.example"


@dataclass(frozen=True)
class Persona:
    name: str
    role: Role
    title: str
    # Kinds of organisation to come from, first choice first; none for those outside the networks.
    kinds: tuple[str, ...] = ()
    # Key of an organisation that is preferred when the set-up has it.
    organisation: str = ""
    forum_role: str = "medlem"

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@{MAIL_DOMAIN}"


PERSONAS = (
    Persona("Anna", Role.CONSULTANT, "SSP-konsulent", ("ssp-enhed",), forum_role="tovholder"),
    Persona("Bo", Role.MEMBER, "SSP-lærer", ("folkeskole",), "vester-skole", "ssp-laerer"),
    Persona("Carla", Role.MEMBER, "Lokalbetjent", ("politi",), forum_role="lokalbetjent"),
    Persona(
        "Dina", Role.MEMBER, "Skolesagsbehandler", ("boern-og-familie",), forum_role="skolesagsbehandler"
    ),
    Persona("Erik", Role.MEMBER, "Trivselsperson", ("folkeskole",), "vester-skole"),
    Persona(
        "Frida",
        Role.OPEN_PARTICIPANT,
        "Frivillig leder",
        ("forening", "frivillige", "bolig"),
        "vestby-boldklub",
        "aaben-deltager",
    ),
    Persona("Grethe", Role.MANAGEMENT, "Afdelingsleder", ("ledelse",)),
    Persona("Hans", Role.ADMINISTRATOR, "Administrator"),
    Persona("Ida", Role.DATA_PROTECTION_OFFICER, "Databeskyttelsesrådgiver"),
    Persona("Lise", Role.LOG_REVIEWER, "Afdelingschef, loggennemgang"),
)

COLLEAGUES = (
    "Mette Bruun", "Lars Holt", "Sofie Kjær", "Jens Lund", "Pia Dam", "Thomas Riis", "Karen Vang", "Ole Skov",
    "Line Høj", "Mads Krogh", "Tina Bech", "Søren Toft", "Anja Friis", "Peter Graa", "Rikke Munk", "Hassan Demir",
    "Birgit Storm", "Niels Fugl", "Camilla Bro", "Yusuf Kaya", "Stine Enge", "Kasper Juul", "Dorte Buch", "Ali Rahimi",
    "Marie Lind", "Jakob Sten", "Eva Winther", "Henrik Mark", "Louise Hede", "Torben Ravn", "Nadia Haddad", "Finn Dyhr",
    "Gitte Sand", "Rasmus Eg", "Ulla Bisgaard", "Simon Hauge", "Helle Kolding", "Brian Topp", "Emilie Gram", "Jørn Vedel",
)  # fmt: skip

TITLES = {
    "folkeskole": ("SSP-lærer", "Pædagogisk leder", "Kontaktlærer"),
    "klub": ("Klubpædagog", "Klubleder"),
    "politi": ("Lokalbetjent",),
    "boern-og-familie": ("Socialrådgiver", "Skolesagsbehandler"),
    "forebyggende-tilbud": ("Gadeplansmedarbejder", "Rusmiddelkonsulent"),
    "ppr": ("PPR-psykolog",),
    "sundhedspleje": ("Sundhedsplejerske",),
    "uddannelsesvejledning": ("Uddannelsesvejleder",),
    "ledelse": ("Afdelingsleder",),
    "ssp-enhed": ("SSP-medarbejder",),
    "bolig": ("Boligsocial medarbejder",),
    "forening": ("Formand",),
}
