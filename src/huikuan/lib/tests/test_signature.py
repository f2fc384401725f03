"""The signature is that of Standard Webhooks: what their own library made is the measure."""

from __future__ import annotations

import datetime as dt

from huikuan.lib.signature import sign, valid

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"
MESSAGE = "msg_loFOjxNNG93rhRsTN7DM"
AT = dt.datetime.fromtimestamp(1731705121, dt.UTC)
BODY = b'{"event_type":"ping","data":{"success":true}}'
#: Made by standardwebhooks 1.1.0.
SIGNATURE = "v1,HYeiuH/kiK9XzrCCY+hReem/kpZPeGWqhq9YGsHHCaw="


def test_it_is_what_their_library_makes():
    assert sign(SECRET, MESSAGE, AT, BODY)["webhook-signature"] == SIGNATURE


def test_one_of_several_signatures_is_enough_and_none_is_not():
    headers = sign(SECRET, MESSAGE, AT, BODY)
    assert valid(SECRET, headers, BODY, AT)
    both = headers | {"webhook-signature": f"v1,AAAA v2,{SIGNATURE[3:]} {SIGNATURE}"}
    assert valid(SECRET, both, BODY, AT)
    for wrong in ("", "v1,", "v1,AAAA", f"v2,{SIGNATURE[3:]}", "v1,签名"):
        assert not valid(SECRET, headers | {"webhook-signature": wrong}, BODY, AT)
    assert not valid(SECRET, headers, BODY + b" ", AT)
    assert not valid(SECRET, headers | {"webhook-timestamp": "17317051210000"}, BODY, AT)
