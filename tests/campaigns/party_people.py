"""A bank with a customer list and live party games, and people with phones of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from campaigns.games.base import Move
from campaigns.live import LiveCampaign
from campaigns.models import Party
from campaigns.parties import AtParty, Device
from campaigns.usecases import Played, create_campaign_from_preset, save_draft
from campaigns.usecases.parties import move_party, start_party
from kernel.actor import SYSTEM, Actor
from kernel.crypto import normal_phone
from kernel.scope import scope
from privacy import customer_hashes as tool
from privacy.customers import load_customers, make_customer_key, receive_customers
from privacy.models import Participant
from privacy.queries import notice_in_force
from privacy.usecases import give_consent
from privacy.vault import give_key, sealed_for
from rewards.models import Grant
from rewards.usecases import add_benefit
from tests.campaigns.conftest import add_consult, new_player, put_out
from tests.cast import NOON, make_institution, make_staff

CUSTOMERS = [f"139{number:08d}" for number in range(20)]  # who is on the bank's list
SERVICES = {
    "account_check": "账户诊断",
    "portfolio_consult": "理财组合优化咨询",
    "entry_consult": "金融产品入门咨询",
    "planning_consult": "财富规划咨询",
    "risk_review": "账户风险重评估",
    "credit_report_reading": "征信报告解读",
}


@dataclass
class Phone:
    """Somebody with a phone in hand."""

    actor: Actor
    device: Device

    def start(self, live: LiveCampaign, invitation: str = "", now: datetime = NOON) -> AtParty:
        return start_party(
            actor=self.actor, code=live.code, invitation=invitation, device=self.device, now=now
        )

    def move(
        self, live: LiveCampaign, at: AtParty, kind: str, now: datetime = NOON, key: str = "", **values: Any
    ) -> Played:
        return move_party(
            actor=self.actor,
            code=live.code,
            party_id=at.playing.play_id,
            move=Move(kind, values),
            device=self.device,
            key=key,
            now=now,
        )

    def services(self) -> list[str]:
        mine = Grant.objects.filter(participant_id=self.actor.id).select_related("benefit")
        return sorted(grant.benefit.service for grant in mine)


def a_phone(name: str, number: str = "", *, invites: bool = True, network: str = "") -> Phone:
    """A phone; with a number it is proven to be its owner's."""
    actor = new_player()
    if number:
        prove(actor, number)
    return Phone(actor, Device(name.encode(), (network or name).encode(), invites))


def prove(actor: Actor, number: str) -> None:
    """The number is this participant's own, as a texted code would have shown."""
    participant = Participant.of(actor.id)
    give_key(participant, now=NOON)
    elder = Participant.objects.filter(phone_index=number.encode()).order_by("created_at").first()
    participant.save()
    participant.phone = sealed_for(participant, Participant, "phone", participant.id, normal_phone(number))
    participant.phone_index = number.encode()
    participant.person_id = elder.person_id if elder else participant.id
    participant.state, participant.verified_at = Participant.State.VERIFIED, NOON
    participant.save()
    notice = notice_in_force("service_booking")
    assert notice is not None
    give_consent(actor=actor, notice_id=notice.id, purposes=["booking"], device_family="iPhone", now=NOON)


def load_list(*numbers: str) -> None:
    """The bank's own customers, as keyed hashes."""
    administrator = make_staff("guan.li.yuan", "administrator").actor
    _, text = make_customer_key(actor=administrator, now=NOON)
    key = tool.read_key(text)
    lines = [tool.customer_hash(tool.normal_number(number), key) for number in numbers]
    body = "\n".join([tool.HEADER + tool.key_fingerprint(key), *lines, ""]).encode()
    received = receive_customers(actor=administrator, chunks=[body], now=NOON)
    while load_customers(actor=SYSTEM, import_id=received.id, now=NOON):
        pass


def put_out_preset(preset: str, marketer: Actor) -> LiveCampaign:
    """A campaign from a preset, with its services, reviewed and published."""
    add_consult()
    operations = make_staff("yun.ying.er", "operations").actor
    for service, title in SERVICES.items():
        add_benefit(
            actor=operations,
            service=service,
            title=title,
            summary="由持证人员讲解，不推介产品。",
            delivered_by="wealth_manager",
            now=NOON,
        )
    campaign = create_campaign_from_preset(actor=marketer, preset=preset, now=NOON)
    channels = [{"kind": "official_account", "name": "公众号菜单"}]
    draft = {**campaign.draft, "channels": channels}
    saved = save_draft(
        actor=marketer, campaign_id=campaign.id, revision=campaign.revision, draft=draft, now=NOON
    )
    return put_out(saved, marketer)


def bank_with(preset: str) -> tuple[UUID, LiveCampaign]:
    """For tests with a database of their own: everything committed."""
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        live = put_out_preset(preset, make_staff("lin.yue", "marketer").actor)
        load_list(*CUSTOMERS)
    return bank.id, live


def right_answers(live: LiveCampaign) -> list[tuple[str, str]]:
    """Every question with its answer."""
    return [(question.id, question.answer) for question in live.content.settings.questions]


def the_party() -> Party:
    return Party.objects.get()
