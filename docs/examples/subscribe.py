"""Print a work after each of its changes: `python subscribe.py WORK_ID [HOW_MANY]`.

Needs OMNISONIC_TOKEN with the scope graph:read. A lost connection is made again by itself.
"""

import sys
from itertools import islice

from omnisonic.client import GraphQLFailed, Omnisonic

work_id, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None

with Omnisonic.from_environment() as omni:
    try:
        updates = omni.work_updates(work_id)
        print("following", work_id, flush=True)
        for work in islice(updates, count):
            print(f"{work.updated_at:%H:%M:%S} {work.title}", flush=True)
    except GraphQLFailed as error:
        sys.exit(f"{error.code}: {error}")
