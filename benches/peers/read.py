"""What polars needs to read tables that it is told nothing about: `read.py DIRECTORY RUNS`.

Prints the seconds of each run, the start of Python and of polars left out, and what was found.
POLARS_MAX_THREADS says on how many threads.
"""

import json
import sys
import time

import polars

seconds = []
tables = None
for _ in range(int(sys.argv[2])):
    del tables  # what the last run made is freed before the clock starts
    start = time.perf_counter()
    tables = {name: polars.read_csv(f"{sys.argv[1]}/{name}.csv", try_parse_dates=True)
              for name in ["participants", "employment", "waves"]}
    seconds.append(time.perf_counter() - start)
assert tables["employment"]["start_date"].dtype == polars.Date
print(json.dumps({"seconds": seconds, "found": {name: table.height for name, table in tables.items()}}))
