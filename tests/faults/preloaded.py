"""Everything a run imports, early or late: loaded once in the server that attempts are forked from."""

import threading

# ruff: noqa: F401
import boto3
import botocore.retries.standard
import jinja2
import tqdm
import typst

import expectations.duckdb_engine
import flows.packing.answer_notification
import flows.publishing.run_nightly
import flows.stores
import tests.faults.world
from warehouse.code_version import code_version

# Remembered from here on, so that editing a file meanwhile does not give attempts different code.
code_version()
# boto3's descriptions of the service are read once.
boto3.client("s3", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
# Great Expectations' progress bars would create semaphores, and each kill would leave two behind.
tqdm.tqdm.set_lock(threading.RLock())
