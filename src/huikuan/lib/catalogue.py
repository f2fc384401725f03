"""Every sentence that the lower layer can say about a value or a file: code, message, remedy.

Codes are permanent: reports, tests and the importer refer to them. The sentences are gettext msgids.
"""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.lib.severity import Severity
from huikuan.lib.severity import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Entry:
    message: str
    remedy: str = ""
    severity: Severity = "error"


CATALOGUE: dict[str, Entry] = {
    # one cell
    "cell.lost_digits": Entry(
        _("the number was stored as a rounded spreadsheet number; its last digits are lost"),
        _(
            "format the column as text in the source, enter the full number again and save the file anew"
        ),
    ),
    "cell.formula_not_calculated": Entry(
        _("the formula in this cell has no stored result"),
        _(
            "open the file in the spreadsheet program, let it calculate, save it; or paste the values only"
        ),
    ),
    "cell.formula_zero": Entry(
        _("the stored result of the formula in this cell is 0; it may never have been calculated"),
        _(
            "open the file in the spreadsheet program, let it calculate and save it, if 0 is not meant"
        ),
        "warning",
    ),
    "cell.formula_used": Entry(
        _("{count} cells of this column are formulas; the results stored in the file were used"),
        _("paste the values only, if the stored results may be out of date"),
        "warning",
    ),
    "cell.error_value": Entry(
        _("the cell holds the spreadsheet error {error}"),
        _("correct the formula or enter the value itself"),
    ),
    "cell.private_use": Entry(
        _("the text has a character that only exists in the sender's font (U+{codepoint})"),
        _("look the character up in the source system and enter it as a Unicode character"),
        "warning",
    ),
    # resident identity number
    "id.empty": Entry(_("the identity number is missing"), _("ask the creditor for the number")),
    "id.length": Entry(
        _("an identity number has 18 characters; this has {length}"),
        _("compare it with the identity document"),
    ),
    "id.old_15": Entry(
        _("this is an old identity number of 15 digits, invalid since 2013"),
        _("ask the creditor for the 18-digit number"),
    ),
    "id.characters": Entry(
        _("an identity number has 17 digits and a last digit or X"),
        _("remove everything that does not belong to the number"),
    ),
    "id.birth_date": Entry(
        _("digits 7 to 14 of the identity number are not a possible birth date"),
        _("compare it with the identity document"),
    ),
    "id.birth_future": Entry(
        _("the birth date in the identity number lies in the future"),
        _("compare it with the identity document"),
    ),
    "id.check_digit": Entry(
        _("the last character of the identity number does not fit the others (GB 11643)"),
        _("a digit is wrong or two are swapped: compare it with the identity document"),
    ),
    # unified social credit code
    "credit_code.empty": Entry(
        _("the unified social credit code is missing"), _("ask the creditor for the code")
    ),
    "credit_code.length": Entry(
        _("a unified social credit code has 18 characters; this has {length}"),
        _("compare it with the business licence"),
    ),
    "credit_code.old_15": Entry(
        _(
            "this is an old registration number of 15 digits, replaced by the unified social credit code"
        ),
        _("look up the 18-character code in the company register"),
    ),
    "credit_code.characters": Entry(
        _(
            "a unified social credit code has digits and the capital letters but I, O, S, V, Z; digits in places 3 to 8"
        ),
        _(
            "0 and O, 1 and I, 2 and Z, 5 and S are easily confused: compare it with the business licence"
        ),
    ),
    "credit_code.check_digit": Entry(
        _(
            "the last character of the unified social credit code does not fit the others (GB 32100)"
        ),
        _("compare it with the business licence"),
    ),
    # bank card
    "card.empty": Entry(_("the card number is missing"), ""),
    "card.characters": Entry(
        _("a card number has digits only"), _("enter the number without letters")
    ),
    "card.length": Entry(
        _("a card number has 12 to 19 digits; this has {length}"), _("compare it with the card")
    ),
    "card.check_digit": Entry(
        _("the last digit of the card number does not fit the others"),
        _("compare it with the card"),
        "warning",
    ),
    # telephone
    "phone.empty": Entry(_("the telephone number is missing"), ""),
    "phone.masked": Entry(
        _("digits of the telephone number are hidden by asterisks"),
        _("ask the creditor for the full number"),
    ),
    "phone.several": Entry(
        _("the cell holds more than one telephone number"),
        _("one number a cell: put the others in columns of their own"),
    ),
    "phone.no_area_code": Entry(
        _("the landline number has no area code"), _("add the area code, for example 0755-")
    ),
    "phone.service": Entry(
        _("this is a service number, nobody's mobile"), _("compare it with the source")
    ),
    "phone.invalid": Entry(
        _("this is not a possible telephone number"), _("compare it with the source")
    ),
    # day
    "date.empty": Entry(_("the date is missing"), ""),
    "date.form": Entry(
        _("this is not a date in a form that is read here"),
        _(
            "write 2026-03-01, 2026.3.1, 2026/3/1, 20260301 or 2026年3月1日; or name the form in the mapping"
        ),
    ),
    "date.ambiguous": Entry(
        _("the order of day and month is not certain"),
        _("name the form in the mapping: m/d/yyyy or d/m/yyyy"),
    ),
    "date.impossible": Entry(
        _("{year}-{month}-{day} does not exist in the calendar"), _("correct the day or the month")
    ),
    "date.year": Entry(_("the year {year} is outside 1900 to 2100"), _("correct the year")),
    "date.serial": Entry(
        _("this looks like a spreadsheet's day number, not like a date"),
        _("format the column as a date and save the file anew"),
    ),
    # money
    "money.empty": Entry(_("the amount is missing"), ""),
    "money.form": Entry(
        _("this is not an amount"),
        _("write digits with at most one decimal point, for example 12908.00"),
    ),
    "money.decimals": Entry(
        _("the amount has {found} decimals; {currency} has {allowed}"),
        _("give the amount in full, rounded by the creditor"),
    ),
    "money.grouping": Entry(
        _("the separators do not stand every three digits; the amount is uncertain"),
        _("write the amount without separators"),
    ),
    "money.unit": Entry(_("amounts in 万 or 亿 are not read"), _("write the amount in yuan")),
    "money.currency": Entry(
        _("the amount is marked {found}, expected {currency}"),
        _("check the currency in the mapping"),
    ),
    "money.too_large": Entry(
        _("the amount is too large to be true"), _("check the amount and its column")
    ),
    # tabular file
    "table.not_found": Entry(
        _("the file does not exist or cannot be read"), _("check the name and the access rights")
    ),
    "table.empty": Entry(_("the file is empty"), _("ask the sender for the file again")),
    "table.no_rows": Entry(
        _("the file has a header and no rows"), _("ask the sender for the file again")
    ),
    "table.too_large": Entry(_("the file is larger than {limit} MB"), _("split the file")),
    "table.wrong_type": Entry(
        _("this is a {found} file; CSV or XLSX is needed"),
        _("save the table as XLSX or CSV (UTF-8)"),
    ),
    "table.encrypted": Entry(
        _("the workbook is protected by a password"),
        _("remove the password and save the file anew"),
    ),
    "table.damaged": Entry(
        _("the file is damaged or not complete"), _("ask the sender for the file again")
    ),
    "table.zip_bomb": Entry(
        _("unpacked, the workbook would take {size} MB; it is not opened"),
        _("copy the rows that are needed into a new workbook"),
    ),
    "table.sparse": Entry(
        _("the sheet reaches to cell {cell}, far beyond its rows"),
        _("delete the stray cells, or copy the rows into a new workbook"),
    ),
    "table.encoding": Entry(
        _("byte {offset} is neither UTF-8 nor GB18030"),
        _("save the file as CSV UTF-8 and check the names"),
    ),
    "table.long_line": Entry(
        _("the line is longer than {limit} KB; this is not a table of rows"),
        _("ask the sender for a table with one row a line"),
    ),
    "table.open_quote": Entry(
        _("a quotation mark that is opened in this row is never closed"),
        _("close it, or double a mark that is meant as text"),
    ),
    "table.ragged": Entry(
        _("the row has {found} cells, the header has {expected}"),
        _("a separator is missing or too many: put a text that contains it in quotation marks"),
    ),
    "table.no_header": Entry(
        _("the row of column names is missing"), _("add a first row with the column names")
    ),
    "table.header_blank": Entry(
        _("column {number} has values but no name"), _("give the column a name")
    ),
    "table.header_duplicate": Entry(
        _("the column name {name} stands in columns {numbers}"),
        _("give every column a name of its own"),
    ),
    "table.header_merged": Entry(
        _("the column names stand in merged cells ({cells})"),
        _(
            "undo the merging so that every column has one name; a title above the table does not belong in the file"
        ),
    ),
    "table.merged": Entry(
        _("the cells {cells} are merged; only the first of them has a value"),
        _("undo the merging and fill in every cell"),
    ),
    "table.sheet_missing": Entry(
        _("the workbook has no sheet {name}"), _("did you mean {suggestion}?")
    ),
    "table.other_sheets": Entry(
        _("only the sheet {name} was read; others have contents too: {others}"),
        _("send one table a file"),
        "warning",
    ),
    "table.too_many": Entry(_("{count} further problems of this kind are not listed"), ""),
    # YAML
    "yaml.syntax": Entry(
        _("not readable as YAML: {detail}"), _("check indentation, colons and quotation marks")
    ),
    "yaml.syntax_flow": Entry(
        _("not readable as YAML: {detail}"),
        _("inside curly braces a text with a comma or a colon stands in quotation marks"),
    ),
    "yaml.comma": Entry(
        _("the comma before '{key}' ends the text here"),
        _("inside curly braces a text with a comma stands in quotation marks"),
    ),
    "yaml.encoding": Entry(_("the file is not UTF-8"), _("save the file as UTF-8")),
    "yaml.not_found": Entry(
        _("the file does not exist or cannot be read"), _("check the name and the access rights")
    ),
    "yaml.empty": Entry(_("the file is empty"), ""),
    "yaml.documents": Entry(
        _("a second document begins here"), _("one document a file: remove the line ---")
    ),
    "yaml.anchor": Entry(
        _("anchors and aliases (&, *, <<) are not used here"), _("write the value out")
    ),
    "yaml.tag": Entry(_("tags (!, !!) are not used here"), _("write the plain value")),
    "yaml.key": Entry(_("a key must be plain text"), ""),
    "yaml.duplicate_key": Entry(
        _("the key {key} was already given in line {first}"), _("remove one of the two")
    ),
    "yaml.unknown_key": Entry(_("unknown key {key}"), _("known here: {known}")),
    "yaml.unknown_key_near": Entry(_("unknown key {key}"), _("did you mean {suggestion}?")),
    "yaml.missing_key": Entry(_("the key {key} is missing"), ""),
    "yaml.want_mapping": Entry(
        _("keys with values are expected here"), _("write key: value, one a line")
    ),
    "yaml.want_sequence": Entry(
        _("a list is expected here"), _("write one entry a line, each after a dash")
    ),
    "yaml.want_text": Entry(_("one value is expected here"), ""),
    "yaml.want_integer": Entry(_("{value} is not a whole number"), ""),
    "yaml.want_decimal": Entry(_("{value} is not a decimal number"), _("write it like 12.50")),
    "yaml.want_bool": Entry(_("{value} is neither true nor false"), _("write true or false")),
    "yaml.want_date": Entry(_("{value} is not a date"), _("write it like 2026-03-01")),
    "yaml.range": Entry(_("{value} is outside {low} to {high}"), ""),
    "yaml.choice": Entry(_("{value} is not one of the known values"), _("known here: {known}")),
    "yaml.choice_near": Entry(
        _("{value} is not one of the known values"), _("did you mean {suggestion}?")
    ),
    # calendar file
    "calendar.columns": Entry(_("the columns date, kind, name, source, official are expected"), ""),
    "calendar.kind": Entry(_("{value} is neither workday nor restday"), ""),
    "calendar.date": Entry(_("{value} is not a date"), _("write it like 2026-03-01")),
    "calendar.duplicate": Entry(
        _("the day {value} stands in the calendar twice"), _("remove one of the two rows")
    ),
    "calendar.empty": Entry(_("the file has no days"), ""),
    "calendar.few": Entry(
        _("{year} has only {n} days in this file"),
        _("a year of the file replaces the year as a whole: give all its days"),
    ),
    "calendar.official": Entry(_("{value} is neither true nor false"), _("write true or false")),
}
