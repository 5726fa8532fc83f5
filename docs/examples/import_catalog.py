"""Import a catalog file and keep the rows that were refused: `python import_catalog.py catalog.csv`.

Needs OMNISONIC_TOKEN with the scope ingest. CSV, JSON or JSON Lines, up to 100 MB.
"""

import sys
from pathlib import Path

from omnisonic.client import ImportFailed, Omnisonic, OmnisonicProblem

file = Path(sys.argv[1])
refused = file.with_suffix(".errors.csv")

with Omnisonic.from_environment() as omni:
    try:
        job = omni.wait_for_import(omni.import_catalog(file).id)
    except (OmnisonicProblem, ImportFailed) as problem:
        sys.exit(str(problem))
    print(f"{job.accepted_records} of {job.total_records} rows accepted")
    for issue in job.errors[:5]:
        print(f"  row {issue.row}, {issue.column}: {issue.message}")
    if job.rejected_records:
        omni.import_errors(job.id, refused)
        print(f"{job.rejected_records} refused, all of them in {refused}")
