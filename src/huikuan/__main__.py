"""`python -m huikuan` is the command `huikuan`."""

import sys

from huikuan.ops import cli

sys.exit(cli.main())
