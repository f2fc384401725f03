"""What each version of a playbook demands of the cases that follow it, as SQL.

A compiled query reads from `pack_bound` who follows the pack and does not know versions. Where all
who follow a pack follow the same version it is asked as it is; else it is given only the lines of
`pack_bound` that name its version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from huikuan.casebook.models import PackVersion
from huikuan.casebook.packs import Follows
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


def queries(
    used: Sequence[PackVersion], rules: list[PackVersion], bound: Sequence[Follows]
) -> list[str]:
    """What these versions demand together; none demands of a case that follows another version."""
    versions: dict[str, set[int]] = defaultdict(set)
    for line in bound:
        versions[line.pack].add(line.version_id)
    of_teams = {line.version_id for line in bound if line.team_id is not None}
    beside_teams = {line.version_id for line in bound if line.other_teams}

    found = []
    for version in used:
        if version.pk in of_teams:
            found.append(demands(version, rules, OF_A_TEAM, HELD))
        if version.pk in of_teams | beside_teams:
            found.append(demands(version, rules, OF_NO_TEAM, NOT_HELD))
        elif len(versions[version.pack]) > 1:
            found.append(demands(version, rules, ALL_LINES))
        else:
            found.append(demands(version, rules))
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
