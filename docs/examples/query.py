"""Search works and print who holds which share: `python query.py "love me"`.

Needs OMNISONIC_TOKEN with the scope graph:read, and OMNISONIC_URL where that is not http://localhost:3000.
"""

import sys

from omnisonic.client import Omnisonic

SHARES = "query ($id: ID!) { work(id: $id) { splits { contributor { name } role rightsType pctShare } } }"

with Omnisonic.from_environment() as omni:
    for work in omni.works(search=sys.argv[1] if len(sys.argv) > 1 else None):
        print(f"{work.title} · {work.iswc or 'no ISWC'}")
        for split in omni.execute(SHARES, {"id": work.id})["work"]["splits"]:
            right = split["rightsType"] or "every right"
            print(f"  {split['pctShare']:g} % {split['contributor']['name']} ({split['role']}, {right})")
