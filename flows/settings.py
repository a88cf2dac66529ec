"""Settings: the only place that reads the environment. Each has a default, a name and a line of explanation.

`docs/reference/settings.md` is written from this declaration.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from warehouse.problem import Problem


def _setting(default: Any, what: str) -> Any:
    return field(default=default, metadata={"what": what})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator may set, as `DAYTWO_<NAME>`; a flag of the same name on the command line wins."""

    drop: str = _setting("", "Where the sources deliver their extracts: a folder, or s3://bucket/prefix.")
    store: str = _setting("", "Where the evidence store is: a folder, or s3://bucket/prefix.")
    cache: str = _setting(
        "", "Folder of this machine's copies of what a bucket keeps. Empty: daytwo in XDG_CACHE_HOME or ~/.cache."
    )
    authority: str = _setting(
        "", "Nine-character code of the council (E06000001). Empty: the one authority of the population file."
    )
    authority_name: str = _setting("", "Name of the council, as the pack's pages show it.")
    set_aside_limit: float = _setting(
        5.0, "Percent of a needed table's rows that may be set aside before the run stops without publishing."
    )
    settle_seconds: float = _setting(
        2.0, "Seconds a file must be unchanged before it is taken, unless a `_complete` marker is in its folder."
    )
    stale_days: int = _setting(7, "A source this many days older than the as-at date is marked stale with its figures.")
    keep_builds: int = _setting(14, "Published builds that are kept, in addition to those a pack names.")
    keep_report_days: int = _setting(
        90, "Reports of runs older than this many days are removed, except those of builds that are kept."
    )
    cp1252_sources: str = _setting(
        "", "Sources, separated by commas, whose CSV files are declared to be Windows-1252 if they are not UTF-8."
    )
    secrets: str = _setting(
        "",
        "Folder of secrets, one file each: `workbook_passphrase_<source>`, or `workbook_passphrase` for every source,"
        " opens workbooks with a passphrase.",
    )
    pack_retention_days: int = _setting(
        365, "Days a sealed pack is retained (GOVERNANCE, with a legal hold), in a bucket with Object Lock."
    )
    rehearse: str = _setting("", "Frameworks rehearsed each night, separated by commas. Empty: all of them.")
    sources: str = _setting("", "File (.toml) that says where `daytwo pull` takes each source from and when it is due.")
    smtp_server: str = _setting("", "Mail server that sends the alerts, as host or host:port. Empty: no mail.")
    smtp_security: str = _setting("starttls", "How to connect to the mail server: starttls, tls or none.")
    smtp_user: str = _setting("", "Account on the mail server; its password is the secret `smtp_password`.")
    alert_from: str = _setting("", "Address alerts are sent from.")
    alert_to: str = _setting("", "Addresses alerts are sent to, separated by commas.")
    alert_webhook: str = _setting(
        "", "Web address alerts are posted to as JSON. If it holds a token, use the secret `alert_webhook` instead."
    )
    heartbeat: str = _setting(
        "", "File written at the start and end of every nightly run, for a monitor that does not depend on Prefect."
    )
    nightly_hours: int = _setting(26, "Alert when no nightly run has succeeded for this many hours.")
    memory_limit: str = _setting("900MB", "Memory DuckDB may use.")
    threads: int = _setting(2, "Threads DuckDB may use.")

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, **given: Any) -> Settings:
        """Settings from the environment; values given here that are not None override them.

        Raises:
            Problem: a value is not of its setting's kind.
        """
        values: dict[str, Any] = {}
        for one in fields(cls):
            text = environment.get(variable(one.name))
            if text:
                kind: Callable[[str], Any] = type(one.default)
                try:
                    values[one.name] = kind(text)
                except ValueError as error:
                    raise Problem(
                        f"{variable(one.name)} is not a {type(one.default).__name__}.",
                        where=f"environment variable {variable(one.name)}",
                        why="Daytwo cannot tell what you meant.",
                        fix=f"Give a {type(one.default).__name__}, such as {one.default}.",
                    ) from error
        values.update({name: value for name, value in given.items() if value is not None})
        return cls(**values)

    def store_named(self) -> str:
        """Where the store is: a folder or s3://bucket/prefix.

        Raises:
            Problem: it is not set.
        """
        if not self.store:
            raise Problem(
                "No store is named.",
                why="Nothing can be kept or read without one.",
                fix="Give --store (a folder, or s3://bucket/prefix), or set DAYTWO_STORE.",
            )
        return self.store


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"DAYTWO_{name.upper()}"
