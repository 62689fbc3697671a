"""The demo's other games: check-in, walk-throughs, and games for two, for new customers and old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.demo.launch import launch
from kernel.actor import SYSTEM, Actor
from privacy import customer_hashes
from privacy.customers import load_customers, make_customer_key, receive_customers
from rewards.models import Deliverer, Service
from rewards.usecases import add_benefit
from tenancy.roles import Role

# Invented numbers that the demo's institutions know as their customers; every other number is new to them.
EXISTING_CUSTOMERS = ("13800000001", "13800000002", "13800000003")


@dataclass(frozen=True, slots=True)
class Game:
    preset: str
    title: str


GAMES: dict[str, tuple[Game, ...]] = {
    "bank": (
        Game("daily_check_in", "每日签到学金融"),
        Game("account_check_together", "免费账户诊断"),
        Game("existing_helps_new", "知识传递"),
        Game("scam_call_walkthrough", "接到可疑来电怎么办"),
    ),
    "insurance": (
        Game("daily_check_in_for_policyholders", "每日签到学保险"),
        Game("cover_check_together", "保单梳理"),
        Game("existing_helps_new_policyholder", "保险知识传递"),
        Game("claim_walkthrough", "理赔流程走一遍"),
    ),
}

# What the games grant beyond the catalogue every institution starts with.
SERVICES: dict[str, tuple[tuple[Service, str, Deliverer], ...]] = {
    "bank": (
        (
            Service.PLANNING_CONSULT,
            "由理财经理讲解家庭财务规划的基本方法，免费，不推荐具体产品。",
            Deliverer.WEALTH_MANAGER,
        ),
        (
            Service.RISK_REVIEW,
            "由客户经理陪您复核账户用途与风险偏好的记录，免费。",
            Deliverer.CUSTOMER_MANAGER,
        ),
        (
            Service.ACCOUNT_CHECK,
            "由理财经理为您梳理账户用途与风险，免费，不推荐具体产品。",
            Deliverer.WEALTH_MANAGER,
        ),
        (
            Service.PORTFOLIO_CONSULT,
            "由理财经理讲解资产分散与期限搭配的常识，免费，不推荐具体产品。",
            Deliverer.WEALTH_MANAGER,
        ),
        (
            Service.ENTRY_CONSULT,
            "由客户经理讲解存款、理财、保险的区别，免费，不推荐具体产品。",
            Deliverer.CUSTOMER_MANAGER,
        ),
    ),
    "insurance": (),
}


def offer_services(*, actor: Actor, sector: str, now: datetime) -> None:
    """What the games stand for, in the catalogue."""
    for service, summary, deliverer in SERVICES[sector]:
        add_benefit(
            actor=actor,
            service=service,
            title=str(service.label),
            summary=summary,
            delivered_by=deliverer,
            now=now,
        )


def load_known_customers(*, actor: Actor, now: datetime) -> None:
    """The administrator hashes the customer list on the institution's side and uploads it."""
    _, text = make_customer_key(actor=actor, now=now)
    key = customer_hashes.read_key(text)
    hashes = [
        customer_hashes.customer_hash(customer_hashes.normal_number(number), key)
        for number in EXISTING_CUSTOMERS
    ]
    header = customer_hashes.HEADER + customer_hashes.key_fingerprint(key)
    body = "\n".join([header, *sorted(hashes), ""]).encode()
    received = receive_customers(actor=actor, chunks=[body], now=now)
    while load_customers(actor=SYSTEM, import_id=received.id, now=now):
        pass


def open_games(
    *, people: dict[Role, Actor], sector: str, slug: str, house: str, now: datetime
) -> Sequence[dict[str, Any]]:
    """Every game of the sector, published; their links."""
    links = []
    for game in GAMES[sector]:
        campaign = launch(preset=game.preset, title=game.title, people=people, now=now)
        links.append(
            {
                "name": f"{house} · {campaign.title}",
                "path": f"/h/{slug}/{campaign.code}/",
                "game": campaign.game,
            }
        )
    return links
