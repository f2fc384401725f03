"""What each version of a playbook demands of the cases that follow it, as SQL.

A compiled query reads from `pack_bound` who follows the pack and does not know versions. Where all
who follow a pack follow the same version it is asked as it is; else it is given only the lines of
`pack_bound` that name its version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from huikuan.casebook.holding import Follows, Holding
from huikuan.casebook.models import PackVersion
from huikuan.planning import compiled

DEMANDS = """
SELECT q.*, {version}::bigint AS pack_version_id, '{pack}' AS pack FROM ({query}) q
"""
NARROWED = """
WITH pack_bound AS NOT MATERIALIZED (
    SELECT b.creditor_id, b.product, b.pack FROM pack_bound b
    WHERE b.version_id = {version} AND {lines}
)
SELECT * FROM ({query}) of_version
"""
#: Where teams follow different versions, the lines of a product and those of its teams are asked
#: apart. What has no case is held by no team.
ALL_LINES = "true"
OF_NO_TEAM = "b.team_id IS NULL"
NOT_HELD = """
WHERE q.case_id IS NULL OR EXISTS (
    SELECT 1 FROM casebook_casesummary s
    JOIN pack_bound b ON b.creditor_id = s.creditor_id AND b.product = s.product
    WHERE s.case_id = q.case_id AND b.version_id = {version} AND b.team_id IS NULL
        AND (s.team_id IS NULL OR s.team_id <> ALL (b.other_teams))
)
"""
OF_A_TEAM = "b.team_id IS NOT NULL"
HELD = """
WHERE EXISTS (
    SELECT 1 FROM casebook_casesummary s
    JOIN pack_bound b ON b.creditor_id = s.creditor_id AND b.product = s.product
    WHERE s.case_id = q.case_id AND b.version_id = {version} AND b.team_id = s.team_id
)
"""


@dataclass(frozen=True)
class _Group:
    """The lines of creditors for whom the same contact rules hold."""

    rules: list[PackVersion]
    bound: Sequence[Follows]
    is_all: bool

    def lines(self, wanted: str = ALL_LINES) -> str:
        """The condition on a line of `pack_bound`; empty where every line is meant."""
        if self.is_all:
            return wanted if wanted != ALL_LINES else ""
        ids = sorted({line.creditor_id for line in self.bound})
        creditors = ", ".join(str(key) for key in ids)
        return f"{wanted} AND b.creditor_id IN ({creditors})"


def queries(used: Sequence[PackVersion], day: Holding, bound: Sequence[Follows]) -> list[str]:
    """What these versions demand together; none demands of a case that follows another version.

    Each house has its own contact rules: where those differ, their creditors are asked apart.
    """
    versions: dict[str, set[int]] = defaultdict(set)
    for line in bound:
        versions[line.pack].add(line.version_id)

    found = []
    for group in _groups(day, bound):
        followed = {line.version_id for line in group.bound}
        for version in used:
            if version.pk in followed or not bound:
                is_only_one = len(versions[version.pack]) <= 1
                found += _of_group(version, group, is_only_one=is_only_one)
    return found


def _groups(day: Holding, bound: Sequence[Follows]) -> list[_Group]:
    """The lines by the rules of their house; without any line, one group without lines."""
    by_rules: dict[tuple[int, ...], list[Follows]] = defaultdict(list)
    rules_of = {}
    for line in bound:
        rules = day.rules_for(line.creditor_id)
        key = tuple(version.pk for version in rules)
        rules_of[key] = rules
        by_rules[key].append(line)
    if not by_rules:
        return [_Group(day.rules_of(None), (), is_all=True)]

    is_all = len(by_rules) == 1
    return [_Group(rules_of[key], lines, is_all) for key, lines in by_rules.items()]


def _of_group(version: PackVersion, group: _Group, *, is_only_one: bool) -> list[str]:
    """What one version demands of the cases of a group."""
    mine = [line for line in group.bound if line.version_id == version.pk]
    is_of_team = any(line.team_id is not None for line in mine)
    is_beside_teams = any(line.other_teams for line in mine)

    found = []
    if is_of_team:
        found.append(demands(version, group.rules, group.lines(OF_A_TEAM), HELD))
    if is_of_team or is_beside_teams:
        found.append(demands(version, group.rules, group.lines(OF_NO_TEAM), NOT_HELD))
    elif is_only_one:
        found.append(demands(version, group.rules, group.lines()))
    else:
        found.append(demands(version, group.rules, group.lines() or ALL_LINES))
    return found


def demands(version: PackVersion, rules: list[PackVersion], lines: str = "", held: str = "") -> str:
    """What one version demands, with the pack and the version that demand it.

    `lines`: which of the lines that name the version are meant; none: whoever follows its pack.
    `held`: of which cases, by the team that holds them.
    """
    query = compiled.plan_sql(version, rules).replace("%", "%%")
    if lines:
        query = NARROWED.replace("{lines}", lines).replace("{query}", query)
    text = (DEMANDS + held).replace("{pack}", version.pack).replace("{query}", query)
    return text.replace("{version}", str(version.pk))
