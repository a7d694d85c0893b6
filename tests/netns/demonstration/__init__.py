"""tests/demo: what Belay does, told to somebody who sees it for the first time."""
