"""A phone in front of a quiz that is out, at a bank with a service, a notice and free times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.test import Client
from django.utils import timezone

from campaigns.live import LiveCampaign, forget_live
from campaigns.player.limits import ARRIVALS, MOVES, NEWCOMERS
from campaigns.player.shell import forget_shells
from kernel.actor import Actor
from kernel.timekeeping import SHANGHAI
from privacy.models import Field
from privacy.usecases import publish_notice
from rewards.usecases import open_slots
from tenancy.models import Branch, Institution
from tests.campaigns.conftest import add_consult, put_out, ready_quiz
from tests.campaigns.party_people import CUSTOMERS, load_list, put_out_preset
from tests.cast import NOON, make_staff


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    for forget in (forget_live, forget_shells, MOVES.forget, NEWCOMERS.forget, ARRIVALS.forget):
        forget()
    yield
    forget_live()
    forget_shells()


@dataclass
class Phone:
    """A browser without a screen: it knows one campaign and keeps its cookies."""

    slug: str
    code: str
    campaign_id: UUID
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    csrf: str = ""

    @property
    def home(self) -> str:
        return f"/h/{self.slug}/{self.code}/"

    def get(self, path: str = "", **extra: Any) -> Any:
        return self.client.get(self.home + path, **extra)

    def me(self) -> Any:
        told = self.get("me/", headers={"Accept": "application/json"}).json()
        self.csrf = told["csrf"]
        return told

    def post(self, path: str, body: Any, key: str = "", **headers: str) -> Any:
        if not self.csrf:
            self.me()
        sent = {"Accept": "application/json", "X-CSRFToken": self.csrf, **headers}
        if key:
            sent["Idempotency-Key"] = key
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self.client.post(self.home + path, raw, content_type="application/json", headers=sent)

    def form(self, path: str, **fields: Any) -> Any:
        if not self.csrf:
            self.me()
        return self.client.post(self.home + path, {"csrfmiddlewaretoken": self.csrf, **fields})

    def start(self, **body: Any) -> Any:
        return self.post("start/", body).json()

    def answer(self, play: str, question: str, option: str, key: str = "") -> Any:
        body = {"play": play, "kind": "answer", "values": {"question": question, "option": option}}
        return self.post("move/", body, key=key)

    def play_through(self, live: LiveCampaign, *, right: bool = True) -> Any:
        """Answer every question; the right answers come from the server's own settings."""
        told = self.start()
        while told["view"]["question"]:
            asked = told["view"]["question"]["id"]
            question = live.content.settings.question(asked)
            wrong = next(option.id for option in question.options if option.id not in question.answer)
            told |= self.answer(told["play"], asked, question.answer if right else wrong).json()
            MOVES.forget()
        return told


@pytest.fixture
def live_quiz(at_bank: UUID, marketer: Actor) -> LiveCampaign:
    add_consult()
    publish_booking_notice()
    open_times()
    return put_out(ready_quiz(marketer), marketer)


def publish_booking_notice(
    fields: Sequence[str] = tuple(Field.values), *, officer: Actor | None = None
) -> None:
    officer = officer or make_staff("yin.si", "compliance").actor
    publish_notice(
        actor=officer,
        key="service_booking",
        title="预约服务个人信息告知书",
        body="我们为您预约服务而处理以下信息。\n信息仅用于服务预约，将加密存储。\n您可随时撤回同意。",
        purposes=[
            {"code": "booking", "sentence": "预约免费咨询服务"},
            {"code": "tips", "sentence": "接收金融知识内容"},
        ],
        fields=list(fields),
        keep_days=90,
        now=NOON,
    )


def open_times() -> None:
    """Three times tomorrow at one branch."""
    branch = Branch.objects.create(name="人民路支行", city="杭州", address="人民路 1 号")
    operations = make_staff("pai.ban", "operations").actor
    tomorrow = timezone.now().astimezone(SHANGHAI).replace(hour=10, minute=0, second=0, microsecond=0)
    starts = [tomorrow + timedelta(days=1, hours=hour) for hour in range(3)]
    open_slots(actor=operations, branch_id=branch.id, starts=starts, minutes=30, capacity=2, now=NOON)


@pytest.fixture
def phone(bank: Institution, live_quiz: LiveCampaign) -> Phone:
    return Phone(slug=bank.slug, code=live_quiz.code, campaign_id=live_quiz.id)


@pytest.fixture
def another_phone(phone: Phone) -> Callable[[], Phone]:
    """Fresh phones in front of the same campaign."""
    return lambda: Phone(slug=phone.slug, code=phone.code, campaign_id=phone.campaign_id)


@pytest.fixture
def group(marketer: Actor) -> LiveCampaign:
    live = put_out_preset("account_check_together", marketer)
    load_list(*CUSTOMERS)
    return live


@pytest.fixture
def opened(group: LiveCampaign, bank: Institution) -> Any:
    """Opens the campaign on a fresh phone."""

    def on_a_phone(invitation: str = "", agent: str = "Mozilla/5.0 (iPhone)") -> Phone:
        client = Client(enforce_csrf_checks=True, headers={"user-agent": agent})
        phone = Phone(bank.slug, group.code, group.id, client)
        phone.get(f"?p={invitation}" if invitation else "")
        return phone

    return on_a_phone
