"""Laurels in a real browser. One server and one Chromium serve all of these tests."""
