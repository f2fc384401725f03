"""Packs with one mistake each: where it is, what it is, what was probably meant."""

import pytest

from huikuan.engine import outcomes, playbook, scripts, vocabulary
from huikuan.engine.nodes import conjuncts, render
from huikuan.engine.read_chain import Known

ROLES = ("collector", "team_lead", "administration", "manager")
PACK = """\
pack: example
kind: playbook
version: "1"
title: {zh: 例子, en: Example}
source: house rule
effective_from: 2026-01-01
"""
STEPS = """\
parameters:
  large_amount: 50000
guards:
  always: is_open and balance < large_amount
steps:
  - id: call_debtor
    title: {zh: 拨打本人, en: Call the debtor}
    source: P1.2
    when: has_phone and balance > 0
    cadence: {from: placed_on, occurs: [{day: 0, until: 6, every: 2}]}
    action: call
    addressee: debtor
    role: collector
    deadline: 2
    script: first_call
  - id: send_letter
    title: {zh: 寄函, en: Send a letter}
    source: P1.2
    when: has_address
    action: letter
    addressee: debtor
    role: administration
    script: first_call
"""
CHARGE = """\
    per: item
    approval: manager
    charge:
      kind: penalty
      basis: contract
      clause: clause 7
      amount: 5
      at_most: item_open
"""
SCRIPT = """\
<!-- zh -->
# 首拨
## 开场 [open]
> 您好，我是{agency_name}的{collector}，受{on_behalf_of}委托。
## 核实 [verify]
> 请报全名和出生年月日。
## 来意 [debt]
> 应还{amount}元。
## 异议 [objections]
### 在忙
> 您几点方便？
<!-- en -->
# First call
## Opening [open]
> I am {collector} from {agency_name}, on behalf of {on_behalf_of}.
## Identity [verify]
> Your full name and date of birth, please.
## The matter [debt]
> {amount} yuan is due.
## Objections [objections]
### Busy
> When does it suit you?
"""
OUTCOMES = """\
reasons:
  hardship: {zh: 困难, en: hardship}
answers:
  - who: debtor
    title: {zh: 本人, en: debtor}
    script: first_call
    outcomes:
      - code: promised
        title: {zh: 承诺, en: promised}
        right_party: true
        needs: [promise]
        sets: {willingness: willing, reason: hardship}
  - who: relative
    title: {zh: 亲属, en: relative}
    outcomes:
      - code: refuses
        title: {zh: 拒绝, en: refuses}
        sets: {point: refused, refusal: true}
  - who: nobody
    title: {zh: 未接通, en: nobody}
    outcomes:
      - code: no_answer
        title: {zh: 无人接听, en: no answer}
"""
FILES = {
    "pack.yaml": PACK,
    "playbook.yaml": STEPS,
    "outcomes.yaml": OUTCOMES,
    "scripts/first_call.md": SCRIPT,
}

#: name: file, what is replaced, by what, the one problem.
BROKEN = {
    "a misspelt fact": (
        "playbook.yaml", "has_phone and", "has_fone and",
        "playbook.yaml:9:11: 'has_fone' is not a fact; did you mean 'has_phone'?",
    ),
    "an unknown fact": (
        "playbook.yaml", "has_phone and", "zodiac_sign and",
        "playbook.yaml:9:11: 'zodiac_sign' is not a fact.",
    ),
    "a misspelt fact in a quoted condition": (
        "playbook.yaml", "when: has_address", "when: 'has_adress'",
        "playbook.yaml:19:12: 'has_adress' is not a fact; did you mean 'has_address'?",
    ),
    "a misspelt fact on the second line of a folded condition": (
        "playbook.yaml", "when: has_address", "when: >-\n      has_address\n      and ballance > 0",
        "playbook.yaml:21:11: 'ballance' is not a fact; did you mean 'balance'?",
    ),
    "a misspelt fact after Chinese": (
        "playbook.yaml", "when: has_address", "when: product == '信用卡' and has_adress",
        "playbook.yaml:19:32: 'has_adress' is not a fact; did you mean 'has_address'?",
    ),
    "an amount compared with a word": (
        "playbook.yaml", "balance > 0", "balance > 'much'",
        "playbook.yaml:9:25: This compares an amount with a word, which cannot be compared like this.",
    ),
    "a number where a condition belongs": (
        "playbook.yaml", "when: has_address", "when: days_past_due",
        "playbook.yaml:19:11: Here belongs a condition, not a whole number.",
    ),
    "a word that the fact never takes": (
        "playbook.yaml", "when: has_address", "when: promise == 'brocken'",
        "playbook.yaml:19:22: 'promise' never is 'brocken'; did you mean 'broken'?",
    ),
    "a hold of a kind that there is not": (
        "playbook.yaml", "when: has_address", "when: hold_kind == 'disptue'",
        "playbook.yaml:19:24: 'hold_kind' never is 'disptue'; did you mean 'dispute'?",
    ),
    "an outcome that the pack has not": (
        "playbook.yaml", "when: has_address", "when: last_outcome in ('no_answer', 'promisse')",
        "playbook.yaml:19:41: 'last_outcome' never is 'promisse'; did you mean 'promised'?",
    ),
    "an outcome of a talk that the pack has not": (
        "playbook.yaml", "when: has_address", "when: talk_outcome == 'zzz'",
        "playbook.yaml:19:27: 'talk_outcome' never is 'zzz'; it is one of no_answer, refuses, promised.",
    ),
    "a fact of an item in a step per case": (
        "playbook.yaml", "when: has_address", "when: item_open > 0",
        "playbook.yaml:19:11: 'item_open' is a fact of one item; it cannot be used here.",
    ),
    "an unknown function": (
        "playbook.yaml", "when: has_address", "when: knwon(letter_on)",
        "playbook.yaml:19:11: 'knwon' is not a function; did you mean 'known'?",
    ),
    "a step that the playbook has not": (
        "playbook.yaml", "when: has_address", "when: times_done('call_deptor') == 1",
        "playbook.yaml:19:22: The playbook has no step 'call_deptor'; did you mean 'call_debtor'?",
    ),
    "a memory of no step in particular": (
        "playbook.yaml", "when: has_address", "when: known(last_done(placed_on))",
        "playbook.yaml:19:17: last_done takes the id of a step: last_done('…').",
    ),
    "a window over a channel that does not exist": (
        "playbook.yaml", "when: has_address", "when: count('cal', days=7) < 3",
        "playbook.yaml:19:17: There is no channel 'cal'; did you mean 'call'?",
    ),
    "a window without days": (
        "playbook.yaml", "when: has_address", "when: count('call') < 3",
        "playbook.yaml:19:11: count takes a channel and a number of days: count('call', days=7).",
    ),
    "a window of no day": (
        "playbook.yaml", "when: has_address", "when: count('call', days=0) < 3",
        "playbook.yaml:19:30: A window has from 1 to 366 days, as a number or a parameter.",
    ),
    "something that Python knows and a condition does not": (
        "playbook.yaml", "when: has_address", "when: product.upper() == 'A'",
        "playbook.yaml:19:11: 'product.upper' is not a function; there are add_months, count, count_over,"
        " days_held, first_done, known, last_done, months_past, nth_day, since, times_done, weekday, working_days_past.",
    ),
    "an id that is no word": (
        "playbook.yaml", "id: send_letter", "id: send letter",
        "playbook.yaml:16:9: send letter is no id of a step; write small letters, digits and _, at most 60,"
        " such as send_letter",
    ),
    "an equals sign alone": (
        "playbook.yaml", "when: has_address", "when: hand = 1",
        "playbook.yaml:19:16: This is not a condition: write == where two values are compared.",
    ),
    "the and of another language": (
        "playbook.yaml", "when: has_address", "when: has_address && held",
        "playbook.yaml:19:24: This is not a condition: write and, or instead of &&, ||.",
    ),
    "a word without quotation marks": (
        "playbook.yaml", "when: has_address", "when: currency == CNY",
        "playbook.yaml:19:23: 'CNY' is a word; write it in quotation marks: 'CNY'.",
    ),
    "a term that cannot be read, named by another term and by a step": (
        "playbook.yaml", "guards:",
        "terms:\n  late: {zh: 逾期, en: late, is: days_late}\n"
        "  doubtful: {zh: 坏账, en: lost, is: late > 1 and balanse > 0}\n"
        "  gone: {zh: 失联, en: gone, is: doubtful and has_phone}\nguards:",
        "playbook.yaml:5:49: 'balanse' is not a fact; did you mean 'balance'?",
    ),
    "a parameter that is no number": (
        "playbook.yaml", "large_amount: 50000", "large_amount: 20%",
        "playbook.yaml:2:17: 20% is not a decimal number; write it like 12.50",
    ),
    "a date that no calendar has": (
        "playbook.yaml", "when: has_address", "when: letter_on < 2026-02-30",
        "playbook.yaml:19:23: There is no such day; write it as 2026-12-24.",
    ),
    "a date beside a number": (
        "playbook.yaml", "when: has_address", "when: balance < 2026-02-28",
        "playbook.yaml:19:11: This compares an amount with a date, which cannot be compared like this.",
    ),
    "a day that no month has": (
        "playbook.yaml", "when: has_address", "when: nth_day(letter_on, 32) < on",
        "playbook.yaml:19:30: nth_day takes a date and a number from 1 to 31.",
    ),
    "a day that is a fact": (
        "playbook.yaml", "when: has_address", "when: nth_day(letter_on, days_past_due) < on",
        "playbook.yaml:19:30: nth_day takes a date and a number from 1 to 31.",
    ),
    "months of a number": (
        "playbook.yaml", "when: has_address", "when: add_months(balance, 1) < on",
        "playbook.yaml:19:11: add_months takes (a date, a whole number).",
    ),
    "a misspelt series": (
        "playbook.yaml", "when: has_address", "when: count_over(statement_days, 6, 20) >= 3",
        "playbook.yaml:19:22: 'statement_days' is not a series of facts; did you mean 'statement_day'?",
    ),
    "more places than a series has": (
        "playbook.yaml", "when: has_address", "when: count_over(statement_day, 13, 20) >= 3",
        "playbook.yaml:19:37: count_over looks at 1 to 12 places of statement_day.",
    ),
    "a limit that is a day": (
        "playbook.yaml", "when: has_address", "when: count_over(statement_day, 6, letter_on) >= 3",
        "playbook.yaml:19:40: Here belongs a whole number, not a date.",
    ),
    "an event of a case": (
        "playbook.yaml", "action: letter", "action: review\n    records: submitted",
        "playbook.yaml:21:14: submitted is not one of the known values; known here: told, visit_asked, lock_agreed, legal_agreed",
    ),
    "an event of a contact": (
        "playbook.yaml", "deadline: 2", "records: told",
        "playbook.yaml:14:14: a contact is recorded itself; it records no other event;"
        " let a step without a contact record it, or leave it out",
    ),
    "an event that no statement has": (
        "playbook.yaml", "    action: letter", "    per: statement\n    records: sumitted\n    action: review",
        "playbook.yaml:21:14: sumitted is not one of the known values; did you mean submitted?",
    ),
    "an open bracket in a condition": (
        "playbook.yaml", "when: has_address", "when: (has_address",
        "playbook.yaml:19:11: This is not a condition: '(' was never closed.",
    ),
    "a duplicate step id": (
        "playbook.yaml", "id: send_letter", "id: call_debtor",
        "playbook.yaml:16:9: step call_debtor stands twice; it is also in line 6; give one of them another id",
    ),
    "a duplicate key": (
        "playbook.yaml", "P1.2\n    when: has_address", "P1.2\n    source: P4\n    when: has_address",
        "playbook.yaml:19:5: the key source was already given in line 18; remove one of the two",
    ),
    "a misspelt key": (
        "playbook.yaml", "deadline: 2", "deadlin: 2",
        "playbook.yaml:14:5: unknown key deadlin; did you mean deadline?",
    ),
    "a missing key": (
        "playbook.yaml", "    addressee: debtor\n    role: administration", "    role: administration",
        "playbook.yaml:16:5: the key addressee is missing",
    ),
    "a title in one language": (
        "playbook.yaml", "{zh: 寄函, en: Send a letter}", "{zh: 寄函}",
        "playbook.yaml:17:12: the key en is missing",
    ),
    "an unknown action": (
        "playbook.yaml", "action: letter", "action: leter",
        "playbook.yaml:20:13: leter is not one of the known values; did you mean letter?",
    ),
    "an unknown role": (
        "playbook.yaml", "role: administration", "role: adminstration",
        "playbook.yaml:22:11: adminstration is not one of the known values; did you mean administration?",
    ),
    "a cadence that is no number": (
        "playbook.yaml", "every: 2", "every: two",
        "playbook.yaml:10:67: two is not a whole number",
    ),
    "a last day before the due day": (
        "playbook.yaml", "deadline: 2", "due: 5\n    deadline: -3",
        "playbook.yaml:15:15: the deadline, day -3, lies before the due day 5",
    ),
    "days out of their order": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{day: 5}, {day: 3}",
        "playbook.yaml:10:40: a later line begins before the one above it: the lines go by their days",
    ),
    "a step that is followed and cannot be read": (
        "playbook.yaml",
        "when: has_phone and balance > 0\n    cadence: {from: placed_on, occurs: [{day: 0, until: 6, every: 2}]}\n"
        "    action: call\n    addressee: debtor\n    role: collector\n    deadline: 2\n    script: first_call\n"
        "  - id: send_letter\n    title: {zh: 寄函, en: Send a letter}\n    source: P1.2\n    when: has_address\n",
        "when: has_fone\n    action: call\n    addressee: debtor\n    role: collector\n"
        "  - id: send_letter\n    title: {zh: 寄函, en: Send a letter}\n    source: P1.2\n    when: has_address\n"
        "    cadence: {undone: call_debtor, after: 3}\n",
        "playbook.yaml:9:11: 'has_fone' is not a fact; did you mean 'has_phone'?",
    ),
    "a cadence that never occurs": (
        "playbook.yaml", "until: 6", "until: -1",
        "playbook.yaml:10:57: this never occurs: until -1 lies before day 0",
    ),
    "a cadence every 0 days": (
        "playbook.yaml", "every: 2", "every: 0",
        "playbook.yaml:10:67: 0 is outside 1 to …",
    ),
    "a day of the month that no month has": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{monthly: 32}",
        "playbook.yaml:10:51: '32' is no day of a month; write a number from 1 to 31, or last",
    ),
    "days of a month that do not join": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{monthly: 1}, {monthly: last, day: 30}",
        "playbook.yaml:10:40: 1 of a month ends where last begins, so they do not join;"
        " give both the same 'day', or the first one its 'until'",
    ),
    "a contract's charge without a cap": (
        "playbook.yaml", "    action: letter", CHARGE.replace("\n      at_most: item_open", "") + "    action: charge",
        "playbook.yaml:24:14: what a contract asks for needs 'at_most': the most that the law allows",
    ),
    "a collection fee for consumers": (
        "playbook.yaml", "    when: has_address\n    action: letter",
        "    when: consumer_debt and has_address\n" + CHARGE.replace("kind: penalty", "kind: fee") + "    action: charge",
        "playbook.yaml:23:7: on a consumer's debt no fee is charged by contract (中银协指引 第三章（不得额外收取费用）);"
        " leave the step out, or write it for other debts: not consumer_debt",
    ),
    "a collection fee for those who borrow from a bank": (
        "playbook.yaml", "    when: has_address\n    action: letter",
        "    when: debtor_kind == 'person' and creditor_kind in ('bank', 'micro_loan')\n"
        + CHARGE.replace("kind: penalty", "kind: fee") + "    action: charge",
        "playbook.yaml:23:7: on a consumer's debt no fee is charged by contract (中银协指引 第三章（不得额外收取费用）);"
        " leave the step out, or write it for other debts: not consumer_debt",
    ),
    "costs of a consumer that no court gave": (
        "playbook.yaml", "    when: has_address\n    action: letter",
        "    when: consumer_debt\n" + CHARGE.replace("kind: penalty", "kind: cost") + "    action: charge",
        "playbook.yaml:23:7: on a consumer's debt no cost is charged by contract (民法典 561；诉讼费用交纳办法 29、38);"
        " leave the step out, or write it for other debts: not consumer_debt",
    ),
    "a penalty for consumers that no item bounds": (
        "playbook.yaml", "    when: has_address\n    action: letter",
        "    when: consumer_debt\n" + CHARGE.replace("per: item", "per: case").replace("item_open", "balance")
        + "    action: charge",
        "playbook.yaml:23:7: on a consumer's debt penalty is bounded by the year, item by item"
        " (民法典 561；法发〔2017〕22号 第2条); write per: item",
    ),
    "a charge by a step that does something else": (
        "playbook.yaml", "    action: letter", CHARGE + "    action: letter",
        "playbook.yaml:23:7: a step that posts a charge has action: charge",
    ),
    "a charge that nobody approves": (
        "playbook.yaml", "    action: letter", CHARGE.replace("    approval: manager\n", "") + "    action: charge",
        "playbook.yaml:22:7: a charge needs an approval: write who must agree",
    ),
    "a charge without saying what": (
        "playbook.yaml", "    action: letter", "    per: item\n    approval: manager\n    action: charge",
        "playbook.yaml:22:13: a step that charges says what: kind, basis, clause and amount",
    ),
    "a charge of a statement": (
        "playbook.yaml", "    action: letter", CHARGE.replace("per: item", "per: statement") + "    action: charge",
        "playbook.yaml:23:7: a charge is made of an item or a case: write per: item or per: case",
    ),
    "a charge that reads another subject": (
        "playbook.yaml", "    action: letter", CHARGE.replace("amount: 5", "amount: balance") + "    action: charge",
        "playbook.yaml:26:15: 'balance' is a fact of one case; it cannot be used here.",
    ),
    "a charge that is no amount": (
        "playbook.yaml", "    action: letter", CHARGE.replace("amount: 5", "amount: days_late") + "    action: charge",
        "playbook.yaml:26:15: Here belongs an amount, not a whole number.",
    ),
    "an undone step that is not above": (
        "playbook.yaml", "    action: letter", "    cadence: {undone: call_debtr, after: 3}\n    action: letter",
        "playbook.yaml:20:23: no step call_debtr about the same subject stands above this one; did you mean call_debtor?",
    ),
    "a step that follows at once": (
        "playbook.yaml", "    action: letter", "    cadence: {undone: call_debtor, after: 0}\n    action: letter",
        "playbook.yaml:20:43: what follows an undone step comes at least a day after it",
    ),
    "a step that follows one about something else": (
        "playbook.yaml", "    action: letter",
        "    per: item\n    cadence: {undone: call_debtor, after: 1}\n    action: letter",
        "playbook.yaml:21:23: no step call_debtor about the same subject stands above this one",
    ),
    "an alternative that nobody knows to be possible": (
        "playbook.yaml", "    action: letter\n    addressee: debtor",
        "    action: letter\n    addressee: guarantor\n    otherwise: [{id: b, action: call}]",
        "playbook.yaml:20:13: write 'possible': when guarantor can be reached by letter",
    ),
    "an alternative of which nothing is said": (
        "playbook.yaml", "    action: letter", "    otherwise: [{id: send_email}]\n    action: letter",
        "playbook.yaml:20:17: the key action is missing",
    ),
    "an alternative with a condition of its own": (
        "playbook.yaml", "    action: letter",
        "    otherwise: [{id: send_email, action: email, when: has_phone}]\n    action: letter",
        "playbook.yaml:20:49: unknown key when; known here: id, action, title, addressee, role, script, deadline,"
        " priority, approval, law, prefer, avoid, possible",
    ),
    "a day of the month in words": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{monthly: first}",
        "playbook.yaml:10:51: 'first' is no day of a month; write a number from 1 to 31, or last",
    ),
    "a month that no year has": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{monthly: 1, in_months: [3, 13]}",
        "playbook.yaml:10:69: 13 is outside 1 to 12",
    ),
    "months of a day that is not of a month": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{day: 3, in_months: [3]}",
        "playbook.yaml:10:61: 'in_months' says in which months a 'monthly' occurrence comes; it is missing",
    ),
    "every so many months and days at once": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{every_months: 1, day: 3}",
        "playbook.yaml:10:56: an occurrence every so many months has no 'day', 'every', 'working_days'",
    ),
    "a comma in braces": (
        "playbook.yaml", "guards:", "terms:\n  much: {zh: 多, en: much, is: balance in (5, 6)}\nguards:",
        "playbook.yaml:4:46: the comma before '6)' ends the text here;"
        " inside curly braces a text with a comma stands in quotation marks",
    ),
    "a monthly occurrence every two days": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{monthly: last, every: 2}",
        "playbook.yaml:10:51: a monthly occurrence has no 'every', 'working_days', 'months', 'every_months'",
    ),
    "a roll of every second day": (
        "playbook.yaml", "every: 2", "every: 2, roll: next",
        "playbook.yaml:10:76: 'roll' moves a single day or a day of the month, not 'every' so many days",
    ),
    "a roll to nowhere": (
        "playbook.yaml", "{day: 0, until: 6, every: 2}", "{day: 3, roll: nxt}",
        "playbook.yaml:10:56: nxt is not one of the known values; did you mean next?",
    ),
    "a deadline in something unknown": (
        "playbook.yaml", "deadline: 2", "deadline: {working_days: soon}",
        "playbook.yaml:14:30: soon is not a whole number",
    ),
    "a deadline that rolls nowhere": (
        "playbook.yaml", "deadline: 2", "deadline: {days: 2, roll: nxt}",
        "playbook.yaml:14:31: nxt is not one of the known values; did you mean next?",
    ),
    "a cadence from a fact that is no date": (
        "playbook.yaml", "from: placed_on", "from: balance",
        "playbook.yaml:10:21: Here belongs a date, not an amount.",
    ),
    "an impossible day": (
        "pack.yaml", "2026-01-01", "2026-02-30",
        "pack.yaml:6:17: 2026-02-30 is not a date; write it like 2026-03-01",
    ),
    "an unknown kind of pack": (
        "pack.yaml", "kind: playbook", "kind: playbok",
        "pack.yaml:2:7: playbok is not one of the known values; did you mean playbook?",
    ),
    "a script that does not exist": (
        "playbook.yaml", "script: first_call", "script: frist_call",
        "playbook.yaml:15:13: there is no script frist_call; did you mean first_call?",
    ),
    "a tab in YAML": (
        "playbook.yaml", "    role: administration", "\trole: administration",
        "playbook.yaml:22:1: not readable as YAML: found character '\\t' that cannot start any token;"
        " check indentation, colons and quotation marks",
    ),
    "an anchor": (
        "playbook.yaml", "role: administration", "role: &who administration",
        "playbook.yaml:22:11: anchors and aliases (&, *, <<) are not used here; write the value out",
    ),
    "yes for true": (
        "playbook.yaml", "deadline: 2", "dunning: yes",
        "playbook.yaml:14:14: yes is neither true nor false; write true or false",
    ),
    "a misspelt variable in a script": (
        "scripts/first_call.md", "应还{amount}元", "应还{amuont}元",
        "scripts/first_call.md:8:5: there is no variable {amuont}; did you mean {amount}?",
    ),
    "the debt named before the identity check": (
        "scripts/first_call.md", "> 请报全名和出生年月日。", "> 关于您的{amount}元，请报全名和出生年月日。",
        "scripts/first_call.md:6:1: {amount} tells of the debt before the identity is confirmed;"
        " move it into a part after [verify]",
    ),
    "an agency that does not say for whom it calls": (
        "scripts/first_call.md", "，受{on_behalf_of}委托", "",
        "scripts/first_call.md:1:1: the script never says {on_behalf_of}: whoever is addressed must"
        " learn who calls and on whose behalf",
    ),
    "a script in one language": (
        "scripts/first_call.md", SCRIPT[SCRIPT.index("<!-- en -->") :], "",
        "scripts/first_call.md:1:1: the section <!-- en --> is missing",
    ),
    "an answer that stands in one language only": (
        "scripts/first_call.md", "### Busy\n", "",
        "scripts/first_call.md:12:1: the languages do not have the same parts:"
        " [open] [verify] [debt] [objections]×1 in Chinese, [open] [verify] [debt] [objections] in English",
    ),
    "an unknown kind of part": (
        "scripts/first_call.md", "## 核实 [verify]", "## 核实 [verfiy]",
        "scripts/first_call.md:5:7: [verfiy] is not a kind of part; did you mean [verify]?",
    ),
    "a brace without its partner": (
        "scripts/first_call.md", "> When does it suit you?", "> When does it suit you, {title?",
        "scripts/first_call.md:22:26: a brace without its partner; a variable is written {like_this}",
    ),
    "a promise taken from a relative": (
        "outcomes.yaml", "sets: {point: refused, refusal: true}", "needs: [promise]",
        "outcomes.yaml:16:15: 'refuses': promise, reason and willingness need a talk with the debtor in person;"
        " add right_party: true, or leave them out",
    ),
    "a relative counted as the debtor": (
        "outcomes.yaml", "sets: {point: refused, refusal: true}", "right_party: true",
        "outcomes.yaml:16:15: 'refuses': only a talk with the debtor is right-party contact",
    ),
    "a misspelt willingness": (
        "outcomes.yaml", "willingness: willing", "willingness: wiling",
        "outcomes.yaml:12:29: wiling is not one of the known values; did you mean willing?",
    ),
    "an outcome with a script that does not exist": (
        "outcomes.yaml", "script: first_call", "script: first_cal",
        "outcomes.yaml:6:13: there is no script first_cal; did you mean first_call?",
    ),
    "an outcome that leads nowhere": (
        "outcomes.yaml", "needs: [promise]", "follow_up: [promise, send_leter]",
        "outcomes.yaml:8: 'promised' leads to send_leter, and there is no such step; did you mean send_letter?",
    ),
    "nothing for a call that nobody answers": (
        "outcomes.yaml", OUTCOMES[OUTCOMES.index("  - who: nobody") :], "",
        "outcomes.yaml:4:3: nothing is said of what happens when 'nobody' answers",
    ),
}  # fmt: skip


def test_the_pack_without_a_mistake_is_in_order() -> None:
    book, problems = playbook.read_playbook(FILES, vocabulary.standard())
    assert book is not None and not problems
    read, wrong = outcomes.read_outcomes(FILES, scripts.ids(FILES))
    assert read is not None and not wrong
    assert len(BROKEN) >= 25


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("house rule", {"zh": "house rule", "en": "house rule"}),
        ("{zh: 本机构规定, en: house rule}", {"zh": "本机构规定", "en": "house rule"}),
    ],
)
def test_a_source_is_one_text_or_both_languages(written: str, read: dict[str, str]) -> None:
    """A version that was stored with one text stays readable."""
    files = FILES | {
        "pack.yaml": PACK.replace("source: house rule", f"source: {written}"),
        "playbook.yaml": STEPS.replace("source: P1.2", f"source: {written}"),
    }
    book, problems = playbook.read_playbook(files, vocabulary.standard(), stored=True)
    assert book is not None and not problems
    assert book.pack.source == read
    assert all(step.source == read for step in book.steps)


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    file, old, new, wanted = BROKEN[name]
    assert FILES[file].count(old) >= 1, old
    at = FILES[file].rindex(old) if name == "a script in one language" else FILES[file].index(old)
    text = FILES[file][:at] + new + FILES[file][at + len(old) :]
    book, problems = playbook.read_playbook(
        FILES | {file: text}, vocabulary.standard(), roles=ROLES
    )
    assert [str(problem) for problem in problems] == [wanted]
    assert book is None


@pytest.mark.parametrize("when", ["has_address", "not consumer_debt", "debtor_kind == 'person'"])
def test_a_fee_that_others_may_owe_is_no_mistake_and_never_speaks_of_consumers(when: str) -> None:
    posted = CHARGE.replace("kind: penalty", "kind: fee") + "    action: charge"
    text = STEPS.replace("    when: has_address\n    action: letter", f"    when: {when}\n{posted}")
    book, problems = playbook.read_playbook(FILES | {"playbook.yaml": text}, vocabulary.standard())
    assert book is not None, [str(problem) for problem in problems]
    asked = [render(part) for part in conjuncts(book.step("send_letter").when)]
    assert "not consumer_debt" in asked


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("role: collector", "role: client", "client cannot do this: it has not the right 'record_contacts'"),
        ("role: collector", "role: engineer", "engineer cannot do this: it has not the right 'record_contacts'"),
        (
            "action: letter\n    addressee: debtor\n    role: administration",
            "action: review\n    addressee: house\n    role: client",
            "client cannot do this: it has not the right 'write'",
        ),
    ],
)  # fmt: skip
def test_a_step_for_a_role_that_may_not_do_it_is_refused(old: str, new: str, wanted: str) -> None:
    who = Known(deciding=(*ROLES, "engineer"), contacting=ROLES)
    roles = (*ROLES, "engineer", "client")
    assert old in STEPS
    files = FILES | {"playbook.yaml": STEPS.replace(old, new)}
    book, problems = playbook.read_playbook(files, vocabulary.standard(), roles=roles, who=who)
    assert book is None
    assert [problem.text() for problem in problems] == [wanted]


def test_a_step_without_a_contact_needs_no_right_to_contacts() -> None:
    who = Known(deciding=(*ROLES, "engineer"), contacting=ROLES)
    text = STEPS.replace("action: letter", "action: review").replace(
        "role: administration", "role: engineer"
    )
    book, problems = playbook.read_playbook(
        FILES | {"playbook.yaml": text},
        vocabulary.standard(),
        roles=(*ROLES, "engineer"),
        who=who,
    )
    assert book is not None, [str(problem) for problem in problems]


def test_what_we_wrote_for_ourselves_may_stand_in_advice_alone() -> None:
    told = SCRIPT.replace("> 您好，我是", "- 上次：{last_summary}\n> 您好，我是")
    _book, problems = playbook.read_playbook(
        FILES | {"scripts/first_call.md": told}, vocabulary.standard()
    )
    assert not problems

    for written in ("> 应还{last_summary}", "> {last_summary}应还{amount}元。"):
        said = SCRIPT.replace("> 应还{amount}元。", written)
        files = FILES | {"scripts/first_call.md": said}
        _book, problems = playbook.read_playbook(files, vocabulary.standard())
        assert [problem.code for problem in problems] == ["script.internal"]


def test_a_script_that_is_shown_nowhere_is_a_warning() -> None:
    files = FILES | {"scripts/second_call.md": SCRIPT}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert book is not None
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("script.unused", "warning")
    ]

    named = STEPS.replace(
        "role: administration\n    script: first_call",
        "role: administration\n    script: second_call",
    )
    assert not playbook.read_playbook(files | {"playbook.yaml": named}, vocabulary.standard())[1]


def test_a_step_that_speaks_to_the_debtor_without_words_is_a_warning() -> None:
    text = STEPS.replace(
        "    role: administration\n    script: first_call", "    role: administration"
    )
    book, problems = playbook.read_playbook(FILES | {"playbook.yaml": text}, vocabulary.standard())
    assert book is not None
    assert [(problem.code, problem.severity, problem.params["step"]) for problem in problems] == [
        ("script.missing", "warning", "send_letter")
    ]

    for quiet in ("addressee: client", "addressee: house"):
        to_other = text.replace(
            "action: letter\n    addressee: debtor", f"action: letter\n    {quiet}"
        )
        _book, problems = playbook.read_playbook(
            FILES | {"playbook.yaml": to_other}, vocabulary.standard()
        )
        assert problems == []


def test_parameters_and_terms_that_nothing_reads_are_warnings() -> None:
    text = "terms:\n  rich: {zh: 大额, en: rich, is: balance > large_amount}\n" + STEPS
    text = text.replace(
        "parameters:\n", "parameters:\n  promise_days: 3   # read by the program\n  grase: 2\n"
    )
    _book, problems = playbook.read_playbook(FILES | {"playbook.yaml": text}, vocabulary.standard())
    named = [(problem.code, problem.severity, problem.params["name"]) for problem in problems]
    assert named == [
        ("playbook.unused", "warning", "grase"),
        ("playbook.unused", "warning", "rich"),
    ]


def test_an_unknown_key_hides_no_other_mistake() -> None:
    """Each level of the file has a key that nobody knows, and a mistake below it."""
    text = STEPS.replace("guards:", "gards: 1\nguards:\n  allways: is_open")
    text = text.replace("  - id: call_debtor", "  - id: call_debtor\n    wehn: has_phone")
    text = text.replace("has_phone and balance", "has_fone and balance")
    text = text.replace("{day: 0, until: 6, every: 2}", "{day: 0, untill: 6, every: two}")
    answers = OUTCOMES.replace("right_party: true", "right_pary: true", 1)
    answers = answers.replace("willingness: willing", "willingness: wiling")
    files = FILES | {"playbook.yaml": text, "outcomes.yaml": answers}
    _book, problems = playbook.read_playbook(files, vocabulary.standard())
    said = [str(problem) for problem in problems]
    for wanted in (
        "unknown key gards", "unknown key allways", "unknown key wehn", "'has_fone' is not a fact",
        "unknown key untill", "two is not a whole number", "unknown key right_pary",
        "wiling is not one of the known values",
    ):  # fmt: skip
        assert sum(wanted in line for line in said) == 1, (wanted, said)


def test_a_mistake_in_a_guard_is_told_once() -> None:
    files = FILES | {"playbook.yaml": STEPS.replace("always: is_open", "always: is_opn")}
    _book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert [str(problem) for problem in problems] == [
        "playbook.yaml:4:11: 'is_opn' is not a fact; did you mean 'is_open'?"
    ]


def test_all_mistakes_are_told_at_once() -> None:
    files = dict(FILES)
    for name in ("a misspelt fact", "an unknown role", "a script that does not exist"):
        file, old, new, _wanted = BROKEN[name]
        files[file] = files[file].replace(old, new, 1)
    files["pack.yaml"] = PACK.replace("2026-01-01", "soon")
    _book, problems = playbook.read_playbook(files, vocabulary.standard(), roles=ROLES)
    assert [problem.place for problem in problems] == [
        "pack.yaml:6:17", "playbook.yaml:9:11", "playbook.yaml:15:13", "playbook.yaml:22:11",
    ]  # fmt: skip


LEVEL = """terms:
  level: {zh: 级别, en: level, is: "'low' if balance < 100 else 'high'"}
"""


def test_a_step_about_what_has_no_case_names_its_days() -> None:
    """Without days a step counts from the placement, and a complaint of a stranger has none."""
    step = """\
  - id: call_debtor
    title: {zh: 受理, en: Accept}
    source: house rule
    per: complaint
    when: complaint_open
    action: review
    addressee: house
    role: complaints
"""
    for days in ("", "    cadence: {from: complaint_received_on, occurs: [{day: 0}]}\n"):
        files = FILES | {"playbook.yaml": f"steps:\n{step}{days}"}
        book, problems = playbook.read_playbook(files, vocabulary.standard())
        errors = [str(problem) for problem in problems if problem.severity == "error"]
        wanted = [] if days else ["playbook.yaml:2:5: the key cadence is missing"]
        assert errors == wanted
        assert (book is None) == bool(wanted)


def test_a_word_that_a_term_never_is_is_a_misspelling() -> None:
    text = LEVEL + STEPS.replace("has_phone and balance", "level == 'hihg' and balance")
    _book, problems = playbook.read_playbook(FILES | {"playbook.yaml": text}, vocabulary.standard())
    assert [problem.text() for problem in problems] == [
        "'level' never is 'hihg'; did you mean 'high'?"
    ]


def test_a_term_that_is_a_fact_takes_the_words_of_the_fact() -> None:
    term = "terms:\n  why: {zh: 停催原因, en: why, is: \"hold_kind if held else 'dispute'\"}\n"
    text = term + STEPS.replace("has_phone and balance", "why == 'complain' and balance")
    _book, problems = playbook.read_playbook(FILES | {"playbook.yaml": text}, vocabulary.standard())
    assert [problem.text() for problem in problems] == [
        "'why' never is 'complain'; did you mean 'complaint'?"
    ]


def test_a_pack_without_outcomes_may_speak_of_those_of_another() -> None:
    files = {name: text for name, text in FILES.items() if name != "outcomes.yaml"}
    text = STEPS.replace("has_phone and balance", "last_outcome == 'promised' and balance")
    book, problems = playbook.read_playbook(files | {"playbook.yaml": text}, vocabulary.standard())
    assert book is not None, problems


def test_a_stored_version_keeps_a_word_that_the_list_has_no_more() -> None:
    text = STEPS.replace("has_phone and balance", "hold_kind == 'holiday' and balance")
    files = FILES | {"playbook.yaml": text}
    book, problems = playbook.read_playbook(files, vocabulary.standard(), stored=True)
    assert book is not None, problems


def test_a_stored_version_keeps_a_name_that_the_vocabulary_has_no_more() -> None:
    text = STEPS.replace("has_phone and balance", "stage == 'second' and balance")
    files = FILES | {"playbook.yaml": text}
    book, problems = playbook.read_playbook(files, vocabulary.standard(), stored=True)
    assert book is not None, problems

    _book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert [problem.text() for problem in problems] == [
        "'stage' is not a fact; did you mean 'target'?"
    ]

    own = "terms:\n  stage: {zh: 级别, en: level, is: \"'second'\"}\n" + text
    book, problems = playbook.read_playbook(
        FILES | {"playbook.yaml": own}, vocabulary.standard(), stored=True
    )
    assert book is not None and book.vocabulary.terms["stage"].value == "second", problems
