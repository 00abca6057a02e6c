"""Numbers, dates, times and amounts."""

from __future__ import annotations

import re
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATES = {
    "iso": re.compile(r"(?<!\d)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"),
    "slashes": re.compile(r"(?<![\d/])\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?![\d/])"),
    "dots": re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d)"),
    "words": re.compile(
        rf"(?<!\w)(?:{_MONTH}\.? {_DAY}|{_DAY} (?:of )?{_MONTH})(?:,? \d{{4}})?(?!\w)",
        re.IGNORECASE,
    ),
}
_TIME = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])", re.IGNORECASE)
_MONEY = re.compile(
    r"[$€£¥₹]\s?\d[\d,.]{0,20}|(?<![\w.])\d[\d,.]{0,20}\s?(?:USD|EUR|GBP|JPY|dollars|euros|pounds)(?!\w)"
)


@checker("numbers.count")
def numbers_count(
    response: str, *, quantity: Quantity, counting: Literal["digits", "numbers"] = "digits"
) -> Measurement:
    """How many numbers are written in digits: runs of digits, or whole numbers with signs and decimals."""
    found = (_DIGITS if counting == "digits" else _NUMBER).findall(response)
    return Measurement.count(len(found), quantity, f"numbers{': ' if found else ''}{listing(found)}")


@checker("digits.none")
def digits_none(response: str) -> Measurement:
    """Whether there is no digit in the response."""
    return Measurement.count(sum(map(str.isdigit, response)), Quantity.at_most(0), "digits")


@checker("dates.count")
def dates_count(
    response: str,
    *,
    quantity: Quantity,
    style: Literal["iso", "slashes", "dots", "words", "any"] = "any",
) -> Measurement:
    """The number of dates: 2024-05-31, 5/31/2024, 31.5.2024 or May 31, 2024."""
    patterns = list(_DATES.values()) if style == "any" else [_DATES[style]]
    found = [date for pattern in patterns for date in pattern.findall(response)]
    return Measurement.count(len(found), quantity, f"dates{': ' if found else ''}{listing(found)}")


@checker("times.count")
def times_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of clock times such as 09:30."""
    return Measurement.count(len(_TIME.findall(response)), quantity, "clock times")


@checker("percentages.count")
def percentages_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of percentages, 5% or 5 percent."""
    found = re.findall(r"\d\s?(?:%|percent\b|per cent\b)", response)
    return Measurement.count(len(found), quantity, "percentages")


@checker("amounts.count")
def amounts_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of amounts of money, $5 or 5 euros."""
    return Measurement.count(len(_MONEY.findall(response)), quantity, "amounts of money")


@checker("units.count")
def units_count(response: str, *, unit: str, quantity: Quantity) -> Measurement:
    """The number of measures in a unit: for "km", 5 km and 5km."""
    found = re.findall(rf"\d\s?{re.escape(unit.strip())}(?!\w)", response)
    return Measurement.count(len(found), quantity, f"measures in {unit}")
