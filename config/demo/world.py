"""The invented world of the demo: two institutions, their places and their people. Facts only."""

from __future__ import annotations

from dataclasses import dataclass

from tenancy.roles import Role


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    city: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class House:
    """One institution of the demo. ``preset`` is the campaign it already runs."""

    slug: str
    name: str
    name_en: str
    sector: str
    licence: str
    hotline: str
    complaint_phone: str
    brand: dict[str, str]
    places: tuple[Place, ...]
    people: tuple[Person, ...]
    preset: str
    campaign_title: str


def _people(*names: str) -> tuple[Person, ...]:
    posts = (
        ("marketer", Role.MARKETER),
        ("creative", Role.CREATIVE),
        ("legal", Role.LEGAL),
        ("legal.deputy", Role.LEGAL),
        ("operations", Role.OPERATIONS),
        ("compliance", Role.COMPLIANCE),
        ("compliance.deputy", Role.COMPLIANCE),
        ("consumer", Role.CONSUMER_PROTECTION),
        ("service", Role.SERVICE),
        ("auditor", Role.AUDITOR),
        ("admin", Role.ADMINISTRATOR),
        ("admin.deputy", Role.ADMINISTRATOR),
    )
    return tuple(Person(username, name, role) for (username, role), name in zip(posts, names, strict=True))


HOUSES = (
    House(
        slug="hequ-bank",
        name="和趣示范银行",
        name_en="Hequ Demonstration Bank",
        sector="bank",
        licence="演示机构 · 非真实金融机构",
        hotline="400-000-0001",
        complaint_phone="400-000-0002",
        brand={"color": "#9B1C2E", "mark": "和"},
        places=(
            Place("城中支行", "上海", "黄浦区示范路 1 号"),
            Place("滨江支行", "上海", "浦东新区示范大道 88 号"),
        ),
        people=_people(
            "林晓", "周颖", "郑律", "唐规", "吴桐", "陈慎", "徐谨", "何安", "孙悦", "钱明", "赵管", "罗同"
        ),
        preset="anti_fraud_quiz",
        campaign_title="反诈知识闯关",
    ),
    House(
        slug="anxin-insurance",
        name="安心示范保险",
        name_en="Anxin Demonstration Insurance",
        sector="insurance",
        licence="演示机构 · 非真实金融机构",
        hotline="400-000-0003",
        complaint_phone="400-000-0004",
        brand={"color": "#0B6B5D", "mark": "安"},
        places=(
            Place("客户服务中心", "杭州", "西湖区示范街 16 号"),
            Place("城西服务部", "杭州", "余杭区示范路 200 号"),
        ),
        people=_people(
            "许诺", "沈画", "韩度", "董章", "冯畅", "蒋衡", "卢正", "秦暖", "尤帮", "施察", "吕治", "汪协"
        ),
        preset="anti_fraud_for_policyholders",
        campaign_title="投保人反诈知识问答",
    ),
)
