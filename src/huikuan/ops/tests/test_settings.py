"""The settings hold what the design asks of them."""

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_the_embedded_postgres_18():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('listen_addresses'), inet_server_addr()"
        )
        version, listening, address = cursor.fetchone()
    assert version >= 180000
    assert (listening, address) == ("", None)


def test_no_inline_script_or_style_is_allowed():
    for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items():
        assert not [s for s in sources if "unsafe" in str(s) or "http" in str(s)], name
