"""Puts the demo's people into whatever municipality the set-up file describes."""

from __future__ import annotations

from datetime import date
from itertools import cycle

from django.contrib.auth.hashers import make_password

from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.demo.cast import COLLEAGUES, MAIL_DOMAIN, PASSWORD, PERSONAS, TITLES, Persona
from tovholder.directory.models import Organisation, Person, Post, PostKind, School
from tovholder.directory.models import Role as ForumRole
from tovholder.forums.models import Forum, Membership

ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "ae", "Ø": "oe", "Å": "aa", " ": "."})
# Anna runs the networks and the forums of her own school; a colleague runs the rest.
CONVENED_BY_ANNA = 4
# What is sent up can be answered by its secretary; who leads where names are said comes from the SSP team.
ALSO_ANNAS = ("styregruppe", "tirsdagsmoede")
ANNAS_SCHOOL = "trivselsforum-vester-skole"


def make_people(since: date) -> dict[str, Person]:
    """Make personas and colleagues, their memberships and posts from `since`; return all persons by name."""
    organisations = list(Organisation.objects.filter(retired_at__isnull=True).select_related("kind"))
    # Hashed once: a slow hash protects a secret, and this password is printed on the login page.
    password = make_password(PASSWORD)
    people = {persona.name: _make_persona(persona, organisations, password) for persona in PERSONAS}
    _make_colleagues(people, organisations)
    _fill_forums(people, since)
    _fill_posts(people, since)
    return people


def _choose(persona: Persona, organisations: list[Organisation]) -> Organisation | None:
    by_key = {each.key: each for each in organisations}
    if persona.organisation in by_key:
        return by_key[persona.organisation]
    for kind in persona.kinds:
        for each in organisations:
            if each.kind.key == kind:
                return each
    return None


def _make_persona(persona: Persona, organisations: list[Organisation], password: str) -> Person:
    user = User.objects.create(email=persona.email, name=persona.name, password=password)
    RoleGrant.objects.create(user=user, role=persona.role)
    return Person.objects.create(
        name=persona.name,
        email=persona.email,
        title=persona.title,
        organisation=_choose(persona, organisations),
        user=user,
    )


def _make_colleagues(people: dict[str, Person], organisations: list[Organisation]) -> None:
    """Give every organisation at least one person and schools and clubs two, without logins for most."""
    names = iter(COLLEAGUES)
    staffed = {person.organisation_id for person in people.values()}
    wanted = [each for each in organisations if each.pk not in staffed]
    wanted += [each for each in organisations if each.kind.key in {"folkeskole", "ssp-enhed"}]
    for number, (organisation, name) in enumerate(zip(wanted, names, strict=False)):
        titles = TITLES.get(organisation.kind.key, ("Medarbejder",))
        email = f"{name.lower().translate(ASCII)}@{MAIL_DOMAIN}"
        user = None
        # Every third colleague works by mail and signed links only.
        if number % 3 and organisation.kind.party_type == "authority":
            user = User.objects.create(email=email, name=name, password=make_password(None))
            RoleGrant.objects.create(user=user, role=Role.MEMBER)
        people[name] = Person.objects.create(
            name=name, email=email, title=titles[number % len(titles)], organisation=organisation, user=user
        )


def _belongs(
    person: Person, forum: Forum, expected: set[int], sides: set[str], schools: set[int | None]
) -> bool:
    organisation = person.organisation
    if organisation is None:
        return False
    if expected:
        return organisation.pk in expected
    if organisation.kind.side == "school":
        return organisation.pk in schools
    return organisation.kind.side in sides


def _annas_first(forum: Forum) -> tuple[bool, bool, int]:
    when_needed = forum.cadence == Forum.Cadence.WHEN_NEEDED
    return (forum.cadence != Forum.Cadence.MONTHLY and forum.key != ANNAS_SCHOOL, when_needed, forum.position)


def _fill_forums(people: dict[str, Person], since: date) -> None:
    roles = {role.key: role for role in ForumRole.objects.all()}
    personas = {persona.name: persona for persona in PERSONAS}
    member = roles.get("medlem") or next(iter(roles.values()))
    colleague_convener = next((p for n, p in people.items() if p.title == "SSP-medarbejder"), people["Anna"])
    forums = Forum.objects.filter(retired_at__isnull=True).prefetch_related(
        "expected_organisations", "schools"
    )
    ordered = sorted(forums, key=_annas_first)
    for number, forum in enumerate(ordered):
        annas = number < CONVENED_BY_ANNA or forum.key in ALSO_ANNAS
        convener = people["Anna"] if annas else colleague_convener
        expected = {row.organisation_id for row in forum.expected_organisations.all()}
        schools = {school.organisation_id for school in forum.schools.all()}
        chosen = [
            p for p in people.values() if _belongs(p, forum, expected, set(forum.expected_sides), schools)
        ]
        if forum.open_to_all and people["Frida"].organisation is not None:
            chosen.append(people["Frida"])
        if forum.key == "styregruppe" or "raad" in forum.key:
            chosen.append(people["Grethe"])
        rows = {
            convener.pk: Membership(forum=forum, person=convener, role=roles["tovholder"], valid_from=since)
        }
        for person in chosen:
            wanted = personas[person.name].forum_role if person.name in personas else "medlem"
            role = roles.get(wanted if wanted != "tovholder" else "medlem", member)
            rows.setdefault(person.pk, Membership(forum=forum, person=person, role=role, valid_from=since))
        Membership.objects.bulk_create(rows.values())


def _fill_posts(people: dict[str, Person], since: date) -> None:
    """Fill most posts around the child; leave one vacant per second school, so that the gap can be seen."""
    by_side: dict[str, list[Person]] = {}
    for person in people.values():
        if person.organisation is not None:
            by_side.setdefault(person.organisation.kind.side, []).append(person)
    for index, school in enumerate(
        School.objects.filter(retired_at__isnull=True).select_related("organisation")
    ):
        own_staff = [p for p in people.values() if p.organisation_id == school.organisation_id]
        for place, kind in enumerate(PostKind.objects.filter(retired_at__isnull=True)):
            if index % 2 and place == 4:
                continue
            pool = own_staff if kind.side == "school" and own_staff else by_side.get(kind.side, [])
            for word, sort in (("ppr", "ppr"), ("ssp", "ssp-enhed")):
                if word in kind.key:
                    pool = [p for p in people.values() if p.organisation and p.organisation.kind.key == sort]
            if not pool:
                continue
            turn = cycle(pool)
            person = next(turn)
            for _ in range(place % len(pool)):
                person = next(turn)
            Post.objects.get_or_create(
                kind=kind, school=school, person=person, valid_until=None, defaults={"valid_from": since}
            )
