"""The bench of the plan runs to its end on a small book, for the procedures as they are today."""

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.long
def test_every_way_finds_the_tasks_that_the_plan_found(tmp_path):
    """The bench itself refuses a way that makes another number of tasks."""
    command = [sys.executable, "-W", "error::SyntaxWarning", "-m", "huikuan", "bench"]
    result = subprocess.run(
        [*command, "plan", "--cases", "400", "--contacts", "3", "--json"],
        capture_output=True,
        text=True,
        env=os.environ | {"HUIKUAN_HOME": str(tmp_path)},
    )

    assert result.returncode == 0, result.stderr
    measured = json.loads(result.stdout)
    assert measured["demanded"] > 0
    assert measured["again_seconds"] > 0
    assert "django_loop" in measured["peers"]
    assert measured["peers"]["sample_tasks"] > 0
