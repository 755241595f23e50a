"""Validators and conditional requests (RFC 9110, sections 8.8 and 13)."""

import hashlib
import re
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def etag(*parts: object) -> str:
    """A strong tag: equal parts, equal bytes."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


@lru_cache
def http_date(day: date) -> str:
    """IMF-fixdate of the beginning of that day, UTC."""
    return format_datetime(datetime.combine(day, time(), UTC), usegmt=True)


def names(if_none_match: bytes, tag: bytes) -> bool:
    """Whether the header lists that very tag, weakly or strongly (section 13.1.2)."""
    return tag in _TAG.findall(if_none_match)


def is_fresh(tag: bytes, modified: bytes, if_none_match: bytes, if_modified_since: bytes) -> bool:
    """Whether the client has what exists already. A date counts only where no tag was sent (section 13.2.2)."""
    if if_none_match:
        return if_none_match.strip() == b"*" or names(if_none_match, tag)
    try:
        return bool(modified) and _date(if_modified_since) >= _date(modified)
    except (TypeError, ValueError, OverflowError):
        return False


def _date(header: bytes) -> datetime:
    return parsedate_to_datetime(header.decode("latin-1"))
