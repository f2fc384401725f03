"""Who works in the demo: an agency, its creditors, teams and users. All invented."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from huikuan.people import roles
from huikuan.people.models import Creditor, Organisation, Team, User

CODE = "demo"
PASSWORD = "huikuan-demo"
#: An administrative division that does not exist: so do the ID numbers that begin with it.
REGION = "990100"

_TEAMS = (("phone", "电催一组"), ("receivables", "对公二组"))
_USERS = (
    ("zhangxy", "张晓燕", "collector", "phone"),
    ("lijg", "李建国", "collector", "phone"),
    ("wangm", "王敏", "collector", "phone"),
    ("chenzq", "陈志强", "collector", "phone"),
    ("zhaoyp", "赵云鹏", "collector", "phone"),
    ("liusf", "刘淑芬", "collector", "receivables"),
    ("sunl", "孙磊", "collector", "receivables"),
    ("zhouh", "周慧", "team_lead", "phone"),
    ("wuj", "吴军", "team_lead", "receivables"),
    ("zhengy", "郑艳", "data_admin", None),
    ("xuf", "许峰", "field_visitor", "phone"),
    ("hel", "何丽", "administration", None),
    ("linf", "林法", "legal", None),
    ("gaoj", "高静", "quality", None),
    ("caow", "曹文", "finance", None),
    ("mam", "马明", "manager", None),
    ("hanzm", "韩志明", "general_manager", None),
    ("fangjy", "方建业", "proprietor", None),
    ("qianw", "钱卫", "supply_chain", None),
    ("xieq", "谢倩", "complaints", None),
    ("jiangl", "姜莉", "quality_supervision", None),
    ("guos", "郭爽", "data_centre", None),
)
#: Code, name, kind, and a digit of numbers and accounts that nobody has.
_CREDITORS = (
    ("demo-bank", "示例银行信用卡中心", Creditor.Kind.BANK, 1),
    ("demo-loan", "示例消费金融", Creditor.Kind.CONSUMER_FINANCE, 2),
    ("demo-supplier", "示例供应链商贸", Creditor.Kind.SUPPLIER, 3),
)


@dataclass(frozen=True)
class Cast:
    organisation: Organisation
    creditors: dict[str, Creditor]
    teams: dict[str, Team]
    users: dict[str, User]


def make_cast() -> Cast:
    """Makes them all in an empty book."""
    agency = Organisation.objects.create(
        code=CODE,
        name="示范催收中心",
        kind=Organisation.Kind.AGENCY,
        callback_phone="400-000-0000",
        complaint_phone="400-000-0009",
    )
    teams = {
        code: Team.objects.create(organisation=agency, code=code, name=name)
        for code, name in _TEAMS
    }
    creditors = {
        code: Creditor.objects.create(
            organisation=agency,
            code=code,
            name=name,
            kind=kind,
            region=REGION,
            verify_phone=f"400-000-00{digit}0",
            complaint_phone=f"400-000-00{digit}9",
            pay_to=f"示例银行营业部 0000 0000 0000 000{digit}",
        )
        for code, name, kind, digit in _CREDITORS
    }
    # Hashed once: it is slow on purpose.
    common = {
        "organisation": agency,
        "capacity": 600,
        "password": make_password(PASSWORD),
    }
    users = [
        User(username=name, display_name=shown, team=teams.get(team or ""), **common)
        for name, shown, _role, team in _USERS
    ]
    users.append(
        User(
            username="client",
            display_name="委托方查询",
            creditor=creditors["demo-bank"],
            **common,
        )
    )
    User.objects.bulk_create(users)
    given = {name: role for name, _shown, role, _team in _USERS} | {"client": "client"}
    for user in users:
        roles.give(user, [given[user.username]])
    return Cast(agency, creditors, teams, {user.username: user for user in users})
