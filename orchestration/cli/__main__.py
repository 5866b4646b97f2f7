"""`python -m orchestration.cli`."""

import sys

from orchestration.cli.command import main

sys.exit(main())
