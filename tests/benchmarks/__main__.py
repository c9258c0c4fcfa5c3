"""``python -m tests.benchmarks --students 10000``."""

from tests.benchmarks.run import main

raise SystemExit(main())
