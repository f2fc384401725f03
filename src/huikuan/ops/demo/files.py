"""Placement files of the demo, in the columns of the shipped mappings card_cn and invoice_cn. Numbers that cannot be real:
ID numbers of a division that does not exist, telephone numbers 138 0000 0000 to 9999."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

from huikuan.lib.ids import luhn_sum, ric_check, uscc_check

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺龚邵万钱覃武戴莫孔向汤"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧巧美云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼珍贞莉桃凤洁梅琳素志建国庆文斌宇浩然思远子轩梓涵欣怡"
_COMPANIES = (
    "宏远",
    "金泰",
    "瑞丰",
    "华宇",
    "正信",
    "恒达",
    "百川",
    "嘉禾",
    "永盛",
    "同创",
    "佳通",
    "盛大",
    "新源",
    "天成",
    "广汇",
)
_TRADES = (
    "商贸有限公司",
    "建材有限公司",
    "电子科技有限公司",
    "食品有限公司",
    "机械设备有限公司",
    "物流有限公司",
)
_RELATIONS = ("配偶", "父亲", "母亲", "兄弟姐妹", "朋友", "同事")
CARD_COLUMNS = [
    "姓名",
    "身份证号",
    "卡号",
    "欠款本金",
    "利息",
    "违约金",
    "逾期日期",
    "手机",
    "家庭电话",
    "单位电话",
    "户籍地址",
    "单位名称",
    "联系人1姓名",
    "联系人1关系",
    "联系人1电话",
    "联系人2姓名",
    "联系人2关系",
    "联系人2电话",
    "委案日期",
    "退案日",
    "委外告知日",
    "手别",
    "逾期阶段",
    "备注",
]
INVOICE_COLUMNS = [
    "客户编号",
    "客户名称",
    "统一社会信用代码",
    "开票日期",
    "发票号码",
    "到期日",
    "价税合计",
    "对账确认日",
    "付款日期",
    "已付金额",
    "是否争议",
    "争议日期",
    "联系人",
    "联系电话",
    "邮箱",
    "地址",
    "回单结算",
    "月度对账",
    "备注",
]


def person_name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + "".join(
        chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2)))
    )


def id_number(chance: random.Random, serial: int) -> str:
    """18 characters with a right check character, of a division that does not exist."""
    born = dt.date(1962, 1, 1) + dt.timedelta(chance.randrange(14_000))
    area = chance.choice(("990101", "990102", "990103", "990201", "990301"))
    body = f"{area}{born:%Y%m%d}{serial % 1000:03d}"
    return body + ric_check(body)


def card_number(serial: int, bank: str) -> str:
    """16 digits with a right Luhn digit."""
    body = f"{bank}{serial:09d}"
    return body + str(-luhn_sum(body + "0") % 10)


def phone(serial: int) -> str:
    return f"1380000{serial % 10_000:04d}"


def card_rows(
    count: int, first: int, on: dt.date, bank: str, chance: random.Random
) -> Iterator[dict[str, str]]:
    """Debtors of a card or loan portfolio placed on a day."""
    for serial in range(first, first + count):
        months = chance.choices((1, 2, 3, 4, 6, 9), (30, 25, 18, 12, 10, 5))[0]
        principal = round(min(180_000, chance.lognormvariate(9.1, 0.9)), 2)
        told = on - dt.timedelta(chance.randrange(3, 12)) if chance.random() < 0.97 else None
        contacts = [
            (person_name(chance), chance.choice(_RELATIONS), phone(5000 + serial * 2 + n))
            for n in range(2)
        ]
        yield {
            "姓名": person_name(chance),
            "身份证号": id_number(chance, serial),
            "卡号": card_number(serial, bank),
            "欠款本金": f"{principal:.2f}",
            "利息": f"{principal * 0.012 * months:.2f}",
            "违约金": f"{principal * 0.01:.2f}" if months > 2 else "",
            "逾期日期": (on - dt.timedelta(30 * months - chance.randrange(20))).isoformat(),
            "手机": phone(serial) if chance.random() < 0.96 else "",
            "家庭电话": "",
            "单位电话": "",
            "户籍地址": f"测试省试验市样例路{serial}号" if chance.random() < 0.9 else "",
            "单位名称": f"试验{serial}公司" if chance.random() < 0.6 else "",
            "联系人1姓名": contacts[0][0],
            "联系人1关系": contacts[0][1],
            "联系人1电话": contacts[0][2],
            "联系人2姓名": contacts[1][0],
            "联系人2关系": contacts[1][1],
            "联系人2电话": contacts[1][2] if chance.random() < 0.5 else "",
            "委案日期": on.isoformat(),
            "退案日": (
                on + dt.timedelta(chance.choices((15, 30, 90), (10, 40, 50))[0])
            ).isoformat(),
            "委外告知日": told.isoformat() if told else "",
            "手别": chance.choices(("一手", "二手", "三手"), (80, 15, 5))[0],
            "逾期阶段": f"M{min(months, 6)}",
            "备注": "",
        }


def invoice_rows(customers: int, on: dt.date, chance: random.Random) -> Iterator[dict[str, str]]:
    """Open and paid invoices of business customers as of a day."""
    for serial in range(customers):
        name = chance.choice(_COMPANIES) + chance.choice(_COMPANIES) + chance.choice(_TRADES)
        code = f"919900{serial:011d}"
        for number in range(chance.randrange(1, 7)):
            issued = on - dt.timedelta(chance.randrange(5, 160))
            due = issued + dt.timedelta(30)
            paid = due <= on and chance.random() < 0.45
            amount = f"{chance.lognormvariate(10, 1):.2f}"
            disputed = not paid and chance.random() < 0.06
            yield {
                "客户编号": f"K{serial:04d}",
                "客户名称": f"{name}{serial:03d}",
                "统一社会信用代码": code + uscc_check(code),
                "开票日期": issued.isoformat(),
                "发票号码": f"FP{serial:04d}{number:02d}",
                "到期日": due.isoformat(),
                "价税合计": amount,
                "对账确认日": issued.isoformat(),
                "付款日期": min(
                    on - dt.timedelta(1), due + dt.timedelta(chance.randrange(-3, 5))
                ).isoformat()
                if paid
                else "",
                "已付金额": amount if paid else "",
                "是否争议": "是" if disputed else "否",
                "争议日期": (due if due < on else issued).isoformat() if disputed else "",
                "联系人": person_name(chance),
                "联系电话": phone(9000 + serial),
                "邮箱": f"finance{serial}@example.com",
                "地址": f"测试省试验市工业路{serial}号",
                "回单结算": "是" if serial % 7 == 0 else "否",
                "月度对账": "是",
                "备注": "",
            }


def write_csv(path: Path, columns: list[str], rows: Iterator[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path
