"""Run as a program: posts one mail in the book of HUIKUAN_HOME and prints its number."""

from __future__ import annotations

from huikuan.ops import database


def main() -> None:
    """The worker is woken after the commit, as in any act."""
    database.connect()
    from django.utils import timezone
    from tests import people

    from huikuan.casebook import journal
    from huikuan.casebook.about import About
    from huikuan.outbox.post import Email, post_email
    from huikuan.people.service import service_user_of

    at = timezone.now()
    case = people.make_case()
    act = journal.begin(service_user_of(case.organisation), "tests", at=at)
    email = Email(to="li@jiahe.example.com", subject="对账单", text="请核对。")
    subject = About.of_case(case)
    message = post_email(email, purpose="statement", subject=subject, act=act, at=at)
    print(message.pk)


if __name__ == "__main__":
    main()
