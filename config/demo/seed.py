"""Plants the demo's world through the use cases, as its people would have done it themselves."""

from __future__ import annotations

import json
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from compliance.usecases import name_substitute
from config.demo.customers import welcome_customers
from config.demo.games import EXISTING_CUSTOMERS, load_known_customers, offer_services, open_games
from config.demo.launch import launch
from config.demo.offer import fill_catalogue, open_times, publish_booking_notice
from config.demo.questions import write_questions
from config.demo.world import HOUSES, House, Person
from config.embedded.services import write_private
from kernel.actor import SYSTEM, Actor
from kernel.ids import new_id
from kernel.scope import scope
from kernel.timekeeping import end_of_day, local_day
from tenancy import totp
from tenancy.access import accept_invitation, enrol_second_factor, invite_staff, propose_secret, secret_of
from tenancy.models import Branch
from tenancy.roles import ROLE_LABELS, Role
from tenancy.usecases import add_staff, open_branch, open_institution

AUDITOR_READS_FOR = timedelta(days=90)
PERSONAS_FILE = "personas.json"
_WORDS = ("lotus", "river", "maple", "cloud", "stone", "orchid", "harbour", "lantern", "willow", "summit")


@dataclass(frozen=True, slots=True)
class Team:
    """The people of one institution, ready to act: one for each post, and the deputies of some."""

    house: House
    branches: tuple[Branch, ...]
    actors: dict[Role, Actor]
    deputies: dict[Role, Actor]


def plant(folder: Path, *, now: datetime) -> None:
    """Fill an empty database. ``personas.json`` is written last: without it a start begins again."""
    known: dict[str, list[Any]] = {"personas": [], "h5": [], "games": []}
    known["existing_customers"] = [*EXISTING_CUSTOMERS]
    for house in HOUSES:
        with scope(new_id()):
            team, personas = _open_house(house, now=now - timedelta(days=2))
            _stock(team, now=now - timedelta(days=1))
            write_questions(people=team.actors, sector=house.sector, now=now - timedelta(hours=3))
            _plan_leave(team, now=now - timedelta(hours=2))
            known["personas"] += personas
            known["h5"].append(_campaign(team, now=now - timedelta(hours=1)))
            known["games"] += open_games(
                people=team.actors,
                sector=house.sector,
                slug=house.slug,
                house=house.name,
                now=now - timedelta(hours=1),
            )
    write_private(folder / PERSONAS_FILE, json.dumps(known, ensure_ascii=False, indent=1))


def _open_house(house: House, *, now: datetime) -> tuple[Team, list[dict[str, Any]]]:
    open_institution(
        actor=SYSTEM,
        slug=house.slug,
        name=house.name,
        name_en=house.name_en,
        sector=house.sector,
        licence=house.licence,
        hotline=house.hotline,
        complaint_phone=house.complaint_phone,
        brand=house.brand,
        now=now,
    )
    branches = tuple(
        open_branch(actor=SYSTEM, name=place.name, city=place.city, address=place.address, now=now)
        for place in house.places
    )
    actors: dict[Role, Actor] = {}
    deputies: dict[Role, Actor] = {}
    personas = []
    for person in house.people:
        actor, persona = _hire(person, house, branches[0], now=now)
        (deputies if person.role in actors else actors)[person.role] = actor
        personas.append(persona)
    return Team(house, branches, actors, deputies), personas


def _stock(team: Team, *, now: datetime) -> None:
    """Operations fills the catalogue and opens times, the administrator brings the customer list, and
    consumer protection publishes the notice.
    """
    house = team.house
    fill_catalogue(actor=team.actors[Role.OPERATIONS], sector=house.sector, now=now)
    offer_services(actor=team.actors[Role.OPERATIONS], sector=house.sector, now=now)
    load_known_customers(actor=team.actors[Role.ADMINISTRATOR], now=now)
    open_times(actor=team.actors[Role.OPERATIONS], branches=team.branches, now=now)
    publish_booking_notice(
        actor=team.actors[Role.CONSUMER_PROTECTION],
        name=house.name,
        complaint_phone=house.complaint_phone,
        now=now,
    )


def _plan_leave(team: Team, *, now: datetime) -> None:
    """Next week the compliance officer is away from Monday to Friday, and the deputy stands in."""
    today = local_day(now)
    monday = today + timedelta(days=7 - today.weekday())
    name_substitute(
        actor=team.actors[Role.COMPLIANCE],
        role=Role.COMPLIANCE.value,
        substitute_id=team.deputies[Role.COMPLIANCE].id,
        first_day=monday,
        last_day=monday + timedelta(days=4),
        now=now,
    )


def _campaign(team: Team, *, now: datetime) -> dict[str, Any]:
    """The campaign the institution already runs, as a link."""
    house = team.house
    campaign = launch(preset=house.preset, title=house.campaign_title, people=team.actors, now=now)
    welcome_customers(campaign=campaign, clerk=team.actors[Role.SERVICE], now=now + timedelta(minutes=50))
    return {"name": f"{house.name} · {campaign.title}", "path": f"/h/{house.slug}/{campaign.code}/"}


def _hire(person: Person, house: House, branch: Branch, *, now: datetime) -> tuple[Actor, dict[str, Any]]:
    """Invite a colleague; they choose a password and bind an authenticator."""
    staff = add_staff(
        actor=SYSTEM,
        username=person.username,
        display_name=person.name,
        roles=[person.role.value],
        branch_id=branch.id if person.role == Role.SERVICE else None,
        access_until=end_of_day(local_day(now) + AUDITOR_READS_FOR) if person.role == Role.AUDITOR else None,
        now=now,
    )
    token = invite_staff(actor=SYSTEM, staff_id=staff.id, now=now)
    password = "-".join([*(secrets.choice(_WORDS) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])
    staff = accept_invitation(actor=SYSTEM, token=token, password=password, now=now)
    sealed = propose_secret(staff, now=now)
    secret = secret_of(staff.id, sealed)
    code = totp.code_at(secret, totp.step_of(now))
    enrol_second_factor(actor=staff.actor, sealed=sealed, code=code, now=now)
    persona = {
        "name": person.name,
        "role": str(ROLE_LABELS[person.role]),
        "institution": house.name,
        "username": f"{person.username}@{house.slug}",
        "password": password,
        "totp_secret": b32encode(secret).decode().rstrip("="),
    }
    return staff.actor, persona
