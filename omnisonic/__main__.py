"""`python -m omnisonic`."""

from omnisonic.cli import main

main()
