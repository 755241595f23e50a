"""Tell what packages bring along without saying so: compiled or copied into them, looked up by hand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    package: str
    name: str
    licence: str
    """An SPDX expression."""
    version: str = ""
    """Empty where nothing tells."""
    url: str = ""
    """A package URL (ECMA-427), if there is one."""


INSIDE = (
    Part("brotli", "brotli (C)", "MIT"),
    Part("fastapi-offline", "redoc", "MIT", "2.5.3", "pkg:npm/redoc@2.5.3"),
    Part("fastapi-offline", "swagger-ui", "Apache-2.0", "5.32.6", "pkg:npm/swagger-ui-dist@5.32.6"),
    Part("httptools", "http-parser", "MIT"),
    Part("httptools", "llhttp", "MIT"),
    Part("protobuf", "upb", "BSD-3-Clause"),
    Part("protobuf", "utf8_range", "MIT"),
    Part("psycopg-binary", "libcom_err", "MIT"),
    Part("psycopg-binary", "libcrypt", "LGPL-2.1-or-later"),
    Part("psycopg-binary", "libcrypto", "Apache-2.0"),
    Part("psycopg-binary", "libgssapi_krb5", "MIT"),
    Part("psycopg-binary", "libk5crypto", "MIT"),
    Part("psycopg-binary", "libkeyutils", "LGPL-2.1-or-later"),
    Part("psycopg-binary", "libkrb5", "MIT"),
    Part("psycopg-binary", "libkrb5support", "MIT"),
    Part("psycopg-binary", "liblber", "OLDAP-2.8"),
    Part("psycopg-binary", "libldap", "OLDAP-2.8"),
    Part("psycopg-binary", "libpq", "PostgreSQL"),
    Part("psycopg-binary", "libsasl2", "BSD-Attribution-HPND-disclaimer"),
    Part("psycopg-binary", "libssl", "Apache-2.0"),
    Part("uvloop", "libuv", "MIT"),
    Part("zstandard", "zstd", "BSD-3-Clause"),
)
