"""Validators and conditional requests (RFC 9110, sections 8.8 and 13)."""

import hashlib
import re
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from app.http.request_context import RequestContext

_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def etag(*parts: object) -> str:
    """Return a strong entity tag: equal parts, equal bytes."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


@lru_cache
def http_date(day: date) -> str:
    """Return the IMF-fixdate of the beginning of a day, UTC."""
    return format_datetime(datetime.combine(day, time(), UTC), usegmt=True)


def is_not_modified(context: RequestContext, tag: bytes, modified: bytes = b"") -> bool:
    """Return whether the client has this response already: whether 304 may be sent (section 13.2.2).

    `tag` and `modified` are the validators; without a tag, as in a failure, never. A date counts only where the client
    sent no tag.
    """
    if not tag:
        return False
    if context.if_none_match:
        if context.if_none_match.strip() == b"*":
            return True
        return context.if_none_match == tag or tag in _TAG.findall(context.if_none_match)  # weakly (section 13.1.2)
    if not (modified and context.if_modified_since):
        return False
    try:
        return _date(context.if_modified_since) >= _date(modified)
    except (ValueError, OverflowError):
        return False


def _date(header: bytes) -> datetime:
    """Parse an HTTP date in each of its forms (section 5.6.7); one without a zone, or with `-0000`, is UTC."""
    moment = parsedate_to_datetime(header.decode("latin-1"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
