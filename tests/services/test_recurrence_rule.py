"""What text is a rule, and what its normal form is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.recurrence import MAX_RULE_LENGTH, RecurrenceError, parse_rule

ACCEPTED = [
    ("FREQ=DAILY", "FREQ=DAILY"),
    ("RRULE:FREQ=DAILY", "FREQ=DAILY"),
    ("rrule:freq=weekly;byday=mo,th", "FREQ=WEEKLY;BYDAY=MO,TH"),
    ("BYDAY=MO;FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    ("FREQ=WEEKLY;INTERVAL=1;WKST=MO", "FREQ=WEEKLY"),
    ("FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,SU", "FREQ=WEEKLY;BYDAY=MO,SU;WKST=SU"),
    ("FREQ=DAILY;COUNT=0010", "FREQ=DAILY;COUNT=10"),
    ("FREQ=DAILY;COUNT=1000", "FREQ=DAILY;COUNT=1000"),
    ("FREQ=DAILY;INTERVAL=1000", "FREQ=DAILY;INTERVAL=1000"),
    ("FREQ=DAILY;UNTIL=20271231", "FREQ=DAILY;UNTIL=20271231"),
    ("FREQ=DAILY;UNTIL=20271231T235959Z", "FREQ=DAILY;UNTIL=20271231"),
    ("FREQ=DAILY;UNTIL=00010101", "FREQ=DAILY;UNTIL=00010101"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1,+15,01,1", "FREQ=MONTHLY;BYMONTHDAY=-1,1,15"),
    ("FREQ=MONTHLY;BYDAY=+1FR,-1SU,05MO", "FREQ=MONTHLY;BYDAY=-1SU,1FR,5MO"),
    ("FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1"),
    ("FREQ=YEARLY;BYDAY=53MO,-53TU", "FREQ=YEARLY;BYDAY=-53TU,53MO"),
    ("FREQ=YEARLY;BYYEARDAY=366,-366", "FREQ=YEARLY;BYYEARDAY=-366,366"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"),
    ("FREQ=DAILY;BYMONTHDAY=31;BYMONTH=12,1", "FREQ=DAILY;BYMONTH=1,12;BYMONTHDAY=31"),
    ("FREQ=WEEKLY;BYMONTH=1;BYSETPOS=1", "FREQ=WEEKLY;BYMONTH=1;BYSETPOS=1"),
]

GRAMMAR = "A rule looks like"
TOO_OFTEN = "more often than daily"
REFUSED = [
    ("", GRAMMAR),
    ("RRULE:", GRAMMAR),
    ("FREQ=DAILY\n", GRAMMAR),
    ("FREQ=DAILY\r\nRDATE:20260101", GRAMMAR),
    ("FREQ=DAILY\x00", GRAMMAR),
    ("FREQ=DAILY;COUNT=\u0663", GRAMMAR),
    ("FREQ=DA\u0131LY", GRAMMAR),
    ("FREQ=DAILY\ud800", GRAMMAR),
    (" FREQ=DAILY", GRAMMAR),
    ("FREQ=DAILY;COUNT=1_0", GRAMMAR),
    ("FREQ=DAILY;COUNT=1.5", GRAMMAR),
    ("FREQ=DAILY;BYDAY=MO(+1)", GRAMMAR),
    ("RRULE:RRULE:FREQ=DAILY", "is not known"),
    ("DTSTART:20260101;FREQ=DAILY", "is not known"),
    ("FREQ=DAILY;EXDATE=20260101", "'EXDATE' is not known"),
    ("FREQ=DAILY;RDATE=20260101", "'RDATE' is not known"),
    ("FREQ=DAILY;BYEASTER=0", "'BYEASTER' is not known"),
    ("FREQ=DAILY;BYWEEKDAY=MO", "'BYWEEKDAY' is not known"),
    ("FREQ=DAILY;", "'' is not known"),
    ("FREQ=DAILY;;COUNT=1", "'' is not known"),
    ("BYDAY=MO", "FREQ is missing"),
    ("FREQ", "FREQ must be"),
    ("FREQ=", "FREQ must be"),
    ("FREQ=FORTNIGHTLY", "FREQ must be"),
    ("FREQ=DAILY;FREQ=DAILY", "FREQ is given twice"),
    ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "BYDAY is given twice"),
    ("FREQ=HOURLY", TOO_OFTEN),
    ("FREQ=MINUTELY", TOO_OFTEN),
    ("FREQ=SECONDLY", TOO_OFTEN),
    ("FREQ=DAILY;BYHOUR=9", TOO_OFTEN),
    ("FREQ=DAILY;BYMINUTE=9,10", TOO_OFTEN),
    ("FREQ=DAILY;BYSECOND=0", TOO_OFTEN),
    ("FREQ=DAILY;COUNT=5;UNTIL=20271231", "can't be combined"),
    ("FREQ=DAILY;COUNT=0", "COUNT must be 1 to 1000."),
    ("FREQ=DAILY;COUNT=1001", "COUNT must be 1 to 1000."),
    ("FREQ=DAILY;COUNT=-1", "COUNT must be 1 to 1000."),
    ("FREQ=DAILY;COUNT=+1", "COUNT must be 1 to 1000."),
    ("FREQ=DAILY;COUNT=", "COUNT must be 1 to 1000."),
    ("FREQ=DAILY;COUNT=99999999999999999999", "COUNT must be 1 to 1000."),
    ("FREQ=DAILY;COUNT=1=2", "COUNT must be 1 to 1000."),
    ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be 1 to 1000."),
    ("FREQ=DAILY;INTERVAL=1001", "INTERVAL must be 1 to 1000."),
    ("FREQ=DAILY;UNTIL=", "UNTIL must be"),
    ("FREQ=DAILY;UNTIL=20270230", "UNTIL must be"),
    ("FREQ=DAILY;UNTIL=00000101", "UNTIL must be"),
    ("FREQ=DAILY;UNTIL=2027-12-31", "UNTIL must be"),
    ("FREQ=DAILY;UNTIL=20271231T235959", "UNTIL must be"),
    ("FREQ=DAILY;UNTIL=20271231T246000Z", "UNTIL must be"),
    ("FREQ=DAILY;UNTIL=TOMORROW", "UNTIL must be"),
    ("FREQ=YEARLY;BYMONTH=13", "BYMONTH must be 1 to 12."),
    ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH must be 1 to 12."),
    ("FREQ=YEARLY;BYMONTH=0", "BYMONTH must be 1 to 12."),
    ("FREQ=YEARLY;BYMONTH=1,,2", "BYMONTH must be 1 to 12."),
    ("FREQ=YEARLY;BYMONTH", "BYMONTH must be 1 to 12."),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY must be 1 to 31 or -31 to -1."),
    ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY must be"),
    ("FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY must be"),
    ("FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO must be"),
    ("FREQ=DAILY;BYMONTH=1;BYSETPOS=367", "BYSETPOS must be"),
    ("FREQ=DAILY;BYMONTH=1;BYSETPOS=0", "BYSETPOS must be"),
    ("FREQ=MONTHLY;BYDAY=0MO", "A weekday's number must be"),
    ("FREQ=YEARLY;BYDAY=54MO", "A weekday's number must be"),
    ("FREQ=WEEKLY;BYDAY=", "BYDAY must list"),
    ("FREQ=WEEKLY;BYDAY=XX", "BYDAY must list"),
    ("FREQ=WEEKLY;BYDAY=MO,", "BYDAY must list"),
    ("FREQ=WEEKLY;WKST=XX", "WKST must be"),
    ("FREQ=WEEKLY;WKST=1MO", "WKST must be"),
    ("FREQ=MONTHLY;BYWEEKNO=20", "BYWEEKNO needs"),
    ("FREQ=DAILY;BYYEARDAY=1", "BYYEARDAY needs"),
    ("FREQ=WEEKLY;BYYEARDAY=1", "BYYEARDAY needs"),
    ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY needs"),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY can't"),
    ("FREQ=WEEKLY;BYDAY=1MO", "Numbered weekdays need"),
    ("FREQ=DAILY;BYDAY=-1MO", "Numbered weekdays need"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "Numbered weekdays can't"),
    ("FREQ=MONTHLY;BYDAY=6MO", "no more than five"),
    ("FREQ=YEARLY;BYMONTH=3;BYDAY=-6MO", "no more than five"),
    ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs"),
]


@pytest.mark.parametrize(("text", "normal"), ACCEPTED)
def test_normal_form(text: str, normal: str) -> None:
    assert parse_rule(text) == normal
    assert parse_rule(normal) == normal


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(RecurrenceError) as refusal:
        parse_rule(text)
    assert reason in refusal.value.reason
    assert len(refusal.value.reason) < 100


def test_length_is_limited() -> None:
    longest = "FREQ=DAILY;COUNT=" + "5".zfill(MAX_RULE_LENGTH)
    with pytest.raises(RecurrenceError, match="at most 200 characters"):
        parse_rule(longest)
    with pytest.raises(RecurrenceError, match="COUNT must be"):
        parse_rule(longest[:MAX_RULE_LENGTH])


PIECES = [
    *("RRULE:", "FREQ=", "DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", ";", ",", "=", "-", "+"),
    *("INTERVAL=", "COUNT=", "UNTIL=", "BYDAY=", "BYMONTHDAY=", "BYYEARDAY=", "BYWEEKNO=", "WKST="),
    *("BYMONTH=", "BYSETPOS=", "MO", "SU", "1", "2", "0", "53", "366", "20271231", "T000000Z"),
]


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    with suppress(RecurrenceError):
        normal = parse_rule(text)
        assert parse_rule(normal) == normal
        assert len(normal) <= len(text)
