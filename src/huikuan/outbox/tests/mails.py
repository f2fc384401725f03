"""Mails as servers and people write them, about a mail of ours: {id} is its Message-ID."""

from __future__ import annotations

TO = "li@jiahe.example.com"


def _crlf(text: str) -> bytes:
    return text.strip().replace("\n", "\r\n").encode() + b"\r\n"


def postfix_bounce(far_id: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """The report of RFC 3464 as Postfix writes it."""
    return _crlf(f"""
Return-Path: <>
Date: Tue, 3 Nov 2026 10:05:11 +0800 (CST)
From: MAILER-DAEMON@mx.ruijiang.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: zhangwu@ruijiang.example.com
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/mx"
Message-Id: <20261103020511.{status}.{action}@mx.ruijiang.example.com>

--B/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.ruijiang.example.com.

--B/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.ruijiang.example.com
Arrival-Date: Tue,  3 Nov 2026 10:00:00 +0800 (CST)

Final-Recipient: rfc822; {TO}
Original-Recipient: rfc822;{TO}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.jiahe.example.com
Diagnostic-Code: smtp; 550 {status} <{TO}>:
    Recipient address rejected: User unknown

--B/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: zhangwu@ruijiang.example.com
To: {TO}
Subject: statement
Message-ID: {far_id}

--B/mx--
""")


def exim_bounce(far_id: str) -> bytes:
    """Free words, and the mail that came back below them."""
    return _crlf(f"""
X-Failed-Recipients: {TO}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example.net>
To: zhangwu@ruijiang.example.com
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abc-0001-XY@relay.example.net>
Date: Tue, 03 Nov 2026 10:05:00 +0800

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {TO}
    SMTP error from remote mail server after RCPT TO:<{TO}>:
    550 5.7.1 mailbox is closed

------ This is a copy of the message, including all the headers. ------

From: zhangwu@ruijiang.example.com
To: {TO}
Message-ID: {far_id}
Subject: statement
""")


def chinese_bounce() -> bytes:
    """As large Chinese mail houses write it: no id of the mail, GB2312, the receiver in words."""
    text = f"很抱歉，您发送到以下地址的邮件被退回：\n\n{TO}\n\n原因：550 User not found\n"

    head = _crlf("""
From: postmaster@mail.example.cn
To: zhangwu@ruijiang.example.com
Subject: =?gb2312?B?z7XNs83L0MU=?=
Message-ID: <tencent_0001@mail.example.cn>
MIME-Version: 1.0
Content-Type: text/plain; charset=gb2312
Content-Transfer-Encoding: 8bit
""")
    return head + b"\r\n" + text.encode("gb2312").replace(b"\n", b"\r\n")


def forged_bounce() -> bytes:
    """What anybody can write who knows the address of a customer."""
    return _crlf(f"""
From: MAILER-DAEMON@anything.example.net
To: zhangwu@ruijiang.example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: <forged@anything.example.net>
X-Failed-Recipients: {TO}

550 5.1.1 User unknown
""")


def delay_in_words() -> bytes:
    """A server goes on trying, and names the receiver alone."""
    return _crlf(f"""
From: MAILER-DAEMON@anything.example.net
To: zhangwu@ruijiang.example.com
Subject: Warning: could not send message for past 4 hours
Message-ID: <delay@anything.example.net>
X-Failed-Recipients: {TO}

450 4.4.1 connection timed out
""")


def answer(
    far_id: str, *, header: str = "In-Reply-To", name: str = "answer", more: str = ""
) -> bytes:
    """A customer's answer."""
    return _crlf(f"""
From: =?utf-8?B?5p2O5Zub?= <{TO.upper()}>
To: duizhang@ruijiang.example.com
Subject: =?utf-8?B?5Zue5aSN77ya5a+56LSm5Y2V?=
Message-ID: <{name}@jiahe.example.com>
{header}: {far_id}
{more}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

账单核对无误，请开票。
""")


def absence(far_id: str) -> bytes:
    """A machine says that somebody is away."""
    return answer(far_id, name="absence", more="Auto-Submitted: auto-replied\n")


def stranger(sender: str = "ad@shop.example.org", name: str = "offer") -> bytes:
    """A mail that refers to nothing of ours."""
    return _crlf(f"""
From: {sender}
To: duizhang@ruijiang.example.com
Subject: offer
Message-ID: <{name}@shop.example.org>

Buy now.
""")
