"""Great Expectations on DuckDB: its SQL engine on one open connection, and an expectation that only counts.

As shipped, Great Expectations closes the connection before it reads the result, and has no datasource for DuckDB. Two
subclasses change that (the version is pinned, and tests fail if a new one breaks them). Only this module imports the
library, which takes seconds to load; import it late.
"""

from __future__ import annotations

import atexit
import os
import sys

# Set before the import: the library reads it on import.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import duckdb
import sqlalchemy
from duckdb_engine import ConnectionWrapper

from expectations.unloaded import unloaded
from warehouse.database import quoted

# These modules, which only its statistical expectations and charts use, take a third of the library's start-up time.
with unloaded("scipy", "scipy.stats", "altair"):
    import great_expectations as gx
    from great_expectations.compatibility.pydantic import PrivateAttr
    from great_expectations.core.result_format import ResultFormat
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.datasource.fluent.sql_datasource import QueryAsset, SQLDatasource
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation


@atexit.register
def _let_go_of_duckdb() -> None:
    """Empty the dialect's modules when Python ends.

    Great Expectations and SQLAlchemy keep the dialect alive as the interpreter ends, and its modules hold DuckDB's
    types: DuckDB's binding would print pages of leaked types on standard error.
    """
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "duckdb_engine":
            vars(module).clear()


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """The SQL engine on one connection that stays open: DuckDB's rows are lost when it closes."""

    @contextmanager
    def get_connection(self) -> Generator[sqlalchemy.Connection, None, None]:
        if self._connection is None:
            self._connection = self.engine.connect()
        try:
            yield self._connection
        except Exception:
            # A failed query aborts the transaction; roll back so that the next check does not fail too.
            self._connection.rollback()
            raise


class DuckDBDatasource(SQLDatasource):
    """A datasource over a connection of this process: a file being built cannot be opened a second time."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    def answer_from(self, connection: duckdb.DuckDBPyConnection) -> None:
        described = connection.execute("SELECT current_database()").fetchone()
        assert described is not None

        def another() -> ConnectionWrapper:
            # SQLAlchemy closes the connection it is given; the caller's own must stay open.
            cursor = connection.cursor()
            cursor.execute(f"USE {quoted(described[0])}")
            return ConnectionWrapper(cursor)

        self._engine = sqlalchemy.create_engine("duckdb://", creator=another, poolclass=sqlalchemy.pool.NullPool)
        self._execution_engine = DuckDBExecutionEngine(engine=self._engine, create_temp_table=False)

    def close(self) -> None:
        """End the transaction that SQLAlchemy holds open; otherwise the file cannot be finished."""
        engine = self.get_execution_engine()
        if engine._connection is not None:
            engine._connection.close()

    def get_engine(self) -> sqlalchemy.Engine:
        assert isinstance(self._engine, sqlalchemy.Engine)
        return self._engine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        assert isinstance(self._execution_engine, DuckDBExecutionEngine)
        return self._execution_engine


class NoRowBreaksIt(UnexpectedRowsExpectation):
    """Counts the rows that a query finds without fetching them, so no value of a child can reach a result."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)
    _as_configured: Any = PrivateAttr(default=None)

    @property
    def configuration(self) -> Any:
        """Built once: the library asks for it about thirty times a check, which took half the time of a check."""
        if self._as_configured is None:
            self._as_configured = super().configuration
        return self._as_configured

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        broken = metrics["unexpected_rows_query.row_count"]
        return {"success": broken == 0, "result": {"observed_value": broken}}


@dataclass(frozen=True, slots=True)
class CountedByGreatExpectations:
    """The outcome of one expectation: how many rows break it, or what kind of fault stopped it."""

    rows_broken: int | None
    fault: str = ""


def count_with_great_expectations(
    connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Mapping[str, str]]
) -> dict[str, CountedByGreatExpectations]:
    """Run expectations and count the rows that break each.

    Args:
        connection: of the file being built; nothing is written through it.
        asked: for each batch query (`SELECT * FROM records.children`), the queries of unexpected rows by name; each
            reads the batch as {batch}. Names are unique.
    """
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )
    # Add all batches at once: adding one later writes the whole configuration again.
    source = DuckDBDatasource(
        name="warehouse",
        connection_string="duckdb://",
        assets=[QueryAsset(name=f"batch_{number}", query=query) for number, query in enumerate(asked)],
    )
    source.answer_from(connection)
    source._data_context = context
    context.data_sources.all().set_datasource(name=source.name, ds=source)
    counted: dict[str, CountedByGreatExpectations] = {}
    try:
        for asset, expected in zip(source.assets, asked.values(), strict=True):
            asset._datasource = source
            suite = gx.ExpectationSuite(
                name=asset.name,
                expectations=[
                    NoRowBreaksIt(unexpected_rows_query=query, meta={"name": name}) for name, query in expected.items()
                ],
            )
            batch = asset.get_batch(asset.build_batch_request())
            found = batch.validate(suite, result_format=ResultFormat.BASIC)
            counted.update(_counted(found.results))
    finally:
        source.close()
    return counted


def _counted(results: Iterable[Any]) -> dict[str, CountedByGreatExpectations]:
    """Outcomes by name. The library reports a failed query as success=False; here it is a fault, without its text."""
    found: dict[str, CountedByGreatExpectations] = {}
    for result in results:
        config = result.expectation_config
        name = config.meta["name"]
        raised = result.exception_info or {}
        faults = [raised] if "raised_exception" in raised else list(raised.values())
        observed = result.result.get("observed_value")
        if any(fault.get("raised_exception") for fault in faults) or observed is None:
            found[name] = CountedByGreatExpectations(None, "the query failed")
        else:
            found[name] = CountedByGreatExpectations(int(observed))
    return found
