"""Names of events are found in code of every shape that is in use, and in the page."""

import unittest

import log_lines


class LogLinesTest(unittest.TestCase):
    def test_events_of_code(self):
        for code, events in {
            'log::error("one", {{"a", 1}});': {"one"},
            '(bad ? log::warning : log::notice)(\n    own ? "one" : "two", {{"a", "b"}});': {"one", "two"},
            'log::line(level_of(x), "one",\n  {{"peer", "two"}});': {"one"},
            'prefix(Level::warning) + format_line("one", {{"lines", lost}})': {"one"},
            'Noticed{.event = "one", .node = id}': {"one"},
            'config.value("one"); call("two", {{"a", 1}});': set(),
        }.items():
            self.assertEqual(log_lines.events_of_code(code), events, code)

    def test_events_of_page(self):
        page = ".Sh LOG\nText.\n.It Cm one , two\nText:\n.Cm three .\n.It Cm four\n.Sh FILES\n.It Cm five\n"
        self.assertEqual(log_lines.events_of_page(page), {"one", "two", "four"})


if __name__ == "__main__":
    unittest.main()
