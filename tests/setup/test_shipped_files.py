"""Each shipped file says what its source document says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings

from tests.setup.conftest import read_shipped
from tovholder.setup.problems import SetupInvalid

FORUMS = "forum"


def rows(name: str, section: str) -> dict[str, dict[str, Any]]:
    return read_shipped(name).canonical(section)


def names(found: dict[str, dict[str, Any]]) -> set[str]:
    return {row["name"] for row in found.values()}


def headings(name: str, template: str) -> list[str]:
    return [item["heading"] for item in rows(name, "agenda_template")[template]["items"]]


class TestBroendby:
    """Document 003: the charter of the SSP networks."""

    forums = property(lambda self: rows("broendby.toml", FORUMS))

    def test_three_district_networks_meet_monthly(self) -> None:
        assert list(self.forums) == ["netvaerk-oester", "netvaerk-vester", "netvaerk-strand"]
        assert {forum["cadence"] for forum in self.forums.values()} == {"monthly"}
        assert [forum["districts"] for forum in self.forums.values()] == [["oester"], ["vester"], ["strand"]]

    def test_vester_and_strand_on_tuesdays_and_oester_varies(self) -> None:
        assert self.forums["netvaerk-vester"]["weekdays"] == ["tuesday"]
        assert self.forums["netvaerk-strand"]["weekdays"] == ["tuesday"]
        assert self.forums["netvaerk-oester"]["weekdays"] == []
        assert self.forums["netvaerk-oester"]["weekday_varies"] is True

    def test_about_a_months_notice(self) -> None:
        assert {forum["notice_days"] for forum in self.forums.values()} == {30}

    def test_they_do_not_act_and_take_single_cases_only_at_overall_level(self) -> None:
        for forum in self.forums.values():
            assert forum["acts"] is False
            assert forum["highest_level"] == "anonymous"
            assert forum["open_to_all"] is False
            assert forum["bases"] == ["rpl115"]
            assert "Retsplejeloven" in forum["basis_documents"]

    def test_pupils_from_year_0_to_10(self) -> None:
        assert {(f["target_age_from"], f["target_age_to"]) for f in self.forums.values()} == {(6, 17)}

    def test_agenda_of_five_with_sub_points(self) -> None:
        items = rows("broendby.toml", "agenda_template")["maanedligt-netvaerksmoede"]["items"]
        assert [(item["heading"], item["kind"], len(item["sub_points"])) for item in items] == [
            ("Afdækning og kortlægning", "mapping", 2),
            ("Tendenser", "mapping", 1),
            ("Status på de proaktive indsatser", "effort_status", 2),
            ("Aktuelt emne", "theme", 1),
            ("Evt.", "any_other_business", 1),
        ]
        assert {forum["agenda_template"] for forum in self.forums.values()} == {"maanedligt-netvaerksmoede"}

    def test_four_joint_meetings_of_all_three(self) -> None:
        (joint,) = rows("broendby.toml", "joint_meeting").values()
        assert joint["times_a_year"] == 4
        assert joint["forums"] == sorted(self.forums)
        assert joint["is_event"] is False

    def test_the_parties(self) -> None:
        organisations = rows("broendby.toml", "organisation")
        expected = set.union(*(set(forum["expected_organisations"]) for forum in self.forums.values()))
        assert {organisations[key]["kind"] for key in expected} == {
            *("ssp-enhed", "folkeskole", "klub", "boern-og-familie"),
            *("uddannelsesvejledning", "forebyggende-tilbud", "politi"),
        }
        kinds = rows("broendby.toml", "organisation_kind")
        assert {kinds[organisations[key]["kind"]]["party_type"] for key in expected} == {"authority"}
        assert "Vestegnens Politi, områdekontoret i Brøndby" in names(organisations)
        assert {"BCB", "RUM", "Boligsociale medarbejdere"} <= names(organisations)

    def test_three_schools_and_the_tenth_year_school(self) -> None:
        organisations = rows("broendby.toml", "organisation")
        assert len(rows("broendby.toml", "school")) == 3
        assert all(school["proposal"] for school in rows("broendby.toml", "school").values())
        assert organisations["tiende-klasseskolen"]["name"] == "10. klasseskolen (UCN)"
        assert organisations["tiende-klasseskolen"]["proposal"] is False

    def test_topics_the_charter_names(self) -> None:
        assert {"Risikoadfærd", "Ungesamtaler", "Sociale medier"} <= names(rows("broendby.toml", "theme"))


class TestHolbaek:
    """Documents 000 and 004: De 4 Netværk, and the layers of the cooperation."""

    forums = property(lambda self: rows("holbaek.toml", FORUMS))

    def networks(self) -> list[dict[str, Any]]:
        return [forum for forum in self.forums.values() if forum["forum_type"] == "aabent-netvaerk"]

    def test_four_open_networks_in_four_school_districts(self) -> None:
        assert len(rows("holbaek.toml", "district")) == 4
        assert [forum["districts"] for forum in self.networks()] == [[f"distrikt-{n}"] for n in range(1, 5)]
        assert all(forum["open_to_all"] for forum in self.networks())
        assert all(forum["highest_level"] != "named" for forum in self.networks())

    def test_about_four_meetings_a_year(self) -> None:
        assert {(f["cadence"], f["cadence_count"]) for f in self.networks()} == {("times_a_year", 4)}

    def test_they_agree_on_action(self) -> None:
        assert all(forum["acts"] for forum in self.networks())

    def test_focus_from_the_middle_years_to_17(self) -> None:
        assert {(f["target_age_from"], f["target_age_to"]) for f in self.networks()} == {(10, 17)}
        assert (
            self.forums["tirsdagsmoede"]["target_age_from"],
            self.forums["tirsdagsmoede"]["target_age_to"],
        ) == (0, 30)

    def test_the_basis_is_eight_laws_and_policies(self) -> None:
        assert all(len(forum["basis_documents"]) == 8 for forum in self.networks())
        assert "Sundhedsstyrelsens forebyggelsespakke" in self.networks()[0]["basis_documents"]

    def test_a_prevention_day_a_year_over_all_four(self) -> None:
        day = rows("holbaek.toml", "joint_meeting")["forebyggelsesdag"]
        assert (day["times_a_year"], day["is_event"], len(day["forums"])) == (1, True, 4)

    def test_layers_with_the_councils_on_top(self) -> None:
        assert self.forums["kredsraad"]["parent"] is None
        assert self.forums["lokalraad"]["parent"] == "kredsraad"
        below = {key for key, forum in self.forums.items() if forum["parent"] == "lokalraad"}
        assert below == {
            "tirsdagsmoede",
            "vangfagligt-moede",
            "lp-fagligt-moede",
            *(f"netvaerk-{n}" for n in range(1, 5)),
        }

    def test_the_tuesday_meeting_acts_on_current_cases(self) -> None:
        forum = self.forums["tirsdagsmoede"]
        assert forum["weekdays"] == ["tuesday"]
        assert (forum["acts"], forum["highest_level"], forum["bases"]) == (True, "named", ["rpl115"])
        assert forum["expected_organisations"] == sorted(
            ["ssp-teamet", "politiet", "myndighed-boern-og-unge", "uu"]
        )

    @pytest.mark.parametrize("key", ["vangfagligt-moede", "lp-fagligt-moede"])
    def test_meetings_about_housing_areas(self, key: str) -> None:
        assert self.forums[key]["forum_type"] == "boligomraademoede"
        assert "boligområde" in self.forums[key]["purpose"]
        assert "boligsociale-helhedsplaner" in self.forums[key]["expected_organisations"]

    def test_a_wide_circle_of_parties(self) -> None:
        kinds = rows("holbaek.toml", "organisation_kind")
        found = {organisation["kind"] for organisation in rows("holbaek.toml", "organisation").values()}
        assert {kinds[kind]["outside_sort"] for kind in found} >= {
            "association",
            "volunteer",
            "business",
            "housing",
        }
        assert {
            "Midt- og Vestsjællands Politi",
            "Kriminalforsorgen",
            "Ungdommens Uddannelsesvejledning",
        } <= names(rows("holbaek.toml", "organisation"))


class TestAalborg:
    """Document 002: one wellbeing forum where there were three."""

    forums = property(lambda self: rows("aalborg.toml", FORUMS))
    posts = property(lambda self: rows("aalborg.toml", "post_kind"))

    def test_one_forum_at_each_school_and_none_of_the_three_old_ones(self) -> None:
        wellbeing = [forum for forum in self.forums.values() if forum["forum_type"] == "trivselsforum"]
        assert [forum["schools"] for forum in wellbeing] == [["eksempelskole-nord"], ["eksempelskole-syd"]]
        assert not {"SSP-udvalg", "Trivselsgruppe", "PPR-skoleteam"} & names(self.forums)

    def test_the_four_posts_around_the_child(self) -> None:
        assert {key for key, post in self.posts.items() if post["around_child"]} == {
            *("trivselsansvarlig-leder", "kontaktperson-familiegruppe", "kontaktperson-ppr", "trivselsperson")
        }

    def test_the_fixed_circle(self) -> None:
        circle = self.forums["trivselsforum-nord"]["circle"]
        assert set(circle) == {key for key, post in self.posts.items() if post["fixed_circle"]}
        assert len(circle) == 7
        assert {"sundhedsplejerske", "ssp-medarbejder", "politi"} <= set(circle)

    def test_general_anonymous_and_named_items(self) -> None:
        items = rows("aalborg.toml", "agenda_template")["trivselsforum"]["items"]
        assert [item["level"] for item in items[:3]] == ["general", "anonymous", "named"]

    def test_named_only_with_parents_or_consent(self) -> None:
        forum = self.forums["trivselsforum-nord"]
        assert (forum["highest_level"], forum["bases"], forum["acts"]) == (
            "named",
            ["participation", "consent"],
            True,
        )

    def test_problems_the_document_names(self) -> None:
        assert {"Sorg", "Alkohol", "Misbrug", "Kriminalitet", "Spiseproblemer"} <= names(
            rows("aalborg.toml", "theme")
        )


class TestNetworkMeeting:
    """Document 001: meetings about one child, with the parents."""

    def test_it_loads_only_as_a_fragment(self) -> None:
        with pytest.raises(SetupInvalid) as refused:
            read_shipped("netvaerksmoede.toml")
        assert [(problem.key, problem.value) for problem in refused.value.problems] == [("fragment", "true")]

    def test_agenda_of_six_with_the_efforts_in_three_steps(self) -> None:
        assert headings("demo.toml", "netvaerksmoede") == [
            *("Velkomst", "Præsentationsrunde", "Formålet med mødet"),
            *("De konkrete indsatser", "Familiens oplevelse af mødet", "Afrunding"),
        ]
        efforts = rows("demo.toml", "agenda_template")["netvaerksmoede"]["items"][3]
        assert len(efforts["sub_points"]) == 3
        assert "fortsætte, ændres eller stoppes" in efforts["sub_points"][0]

    def test_the_authority_is_always_in_a_network_meeting_only(self) -> None:
        forums = rows("demo.toml", FORUMS)
        assert "social" in forums["netvaerksmoeder"]["expected_sides"]
        assert "social" not in forums["udviklingsmoeder"]["expected_sides"]

    def test_what_is_only_named_is_marked_as_our_proposal(self) -> None:
        forms = rows("demo.toml", "form")
        assert [form["name"] for form in forms.values()] == [
            "Første udviklings- eller netværksmøde",
            "Opfølgning på udviklings- eller netværksmøde",
        ]
        guide = rows("demo.toml", "checklist")["guide-til-moedeledelse"]
        assert all(row["proposal"] for row in [*forms.values(), guide])
        assert [item["phase"] for item in guide["items"]] == sorted(
            (item["phase"] for item in guide["items"]), key=["before", "during", "after"].index
        )
        assert not rows("demo.toml", "agenda_template")["netvaerksmoede"]["proposal"]

    def test_both_types_have_the_guide_and_the_forms(self) -> None:
        types = rows("demo.toml", "forum_type")
        for key in ("netvaerksmoede", "udviklingsmoede"):
            assert types[key]["checklist"] == "guide-til-moedeledelse"
            assert types[key]["forms"] == ["foerste-moede", "opfoelgning"]

    def test_the_family_is_asked(self) -> None:
        for form in rows("demo.toml", "form").values():
            assert any(
                field["key"] == "familiens-oplevelse" and field["required"] for field in form["fields"]
            )


class TestDemo:
    """One made-up municipality that has all of it."""

    forums = property(lambda self: rows("demo.toml", FORUMS))

    def test_three_districts_with_monthly_networks(self) -> None:
        assert names(rows("demo.toml", "district")) == {"Øster", "Vester", "Strand"}
        for key in ("oester", "vester", "strand"):
            forum = self.forums[f"netvaerk-{key}"]
            assert (forum["cadence"], forum["acts"], forum["notice_days"]) == ("monthly", False, 30)
        assert len(headings("demo.toml", "maanedligt-netvaerksmoede")) == 5
        assert rows("demo.toml", "joint_meeting")["faellesmoede"]["times_a_year"] == 4

    def test_every_kind_of_forum(self) -> None:
        assert {forum["forum_type"] for forum in self.forums.values()} == {
            *("raad", "styregruppe", "ssp-netvaerk", "aabent-netvaerk", "trivselsforum"),
            *("tirsdagsmoede", "boligomraademoede", "netvaerksmoede", "udviklingsmoede"),
        }

    def test_a_wellbeing_forum_at_every_school(self) -> None:
        schools = [f["schools"] for f in self.forums.values() if f["forum_type"] == "trivselsforum"]
        assert sorted(schools) == sorted([key] for key in rows("demo.toml", "school"))


@pytest.mark.parametrize("path", sorted(settings.SETUPS_DIR.glob("*.toml")), ids=lambda path: path.name)
def test_what_no_source_says_is_marked(path: Any) -> None:
    """The shared fragment is all proposals; and no shipped file names a law by its section on screen."""
    text = path.read_text()
    assert "§" not in text
    if path.name == "faelles-forslag.toml":
        sections = re.findall(r"^\[", text, re.M)
        assert text.count("proposal = true") - 1 == len(sections)  # once more, in the head


@pytest.mark.parametrize("name", ["broendby.toml", "holbaek.toml", "aalborg.toml", "demo.toml"])
def test_each_has_the_school_years_holidays_and_three_levels(name: str) -> None:
    holidays = rows(name, "school_holiday")
    assert min(row["starts_on"] for row in holidays.values()) < "2026-01-01"
    assert max(row["ends_on"] for row in holidays.values()) > "2027-06-30"
    assert set(rows(name, "prevention_level")) == {"universal", "selective", "indicated"}
    assert rows(name, "agreement_rules")["standard"]["carry_limit"] == 2
