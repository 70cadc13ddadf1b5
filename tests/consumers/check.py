"""Reads the exported files as their users do, and compares with what the test expects of each.

The argument is a folder with latency.hlog, junit.xml, metrics.prom, samples.csv and expected.json. Prints
one line a check; ends with an exception, and so not with 0, at the first difference.
"""

import csv
import json
import pathlib
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader
from junitparser import Failure, JUnitXml, Skipped
from prometheus_client.parser import text_string_to_metric_families

PERCENTILES = ["50", "95", "99", "99.9", "100"]


def same(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}: found {found!r}, expected {expected!r}")


def check_log(path, expected):
    empty = lambda: HdrHistogram(1, expected["highest_ns"], 3)
    reader = HistogramLogReader(str(path), empty())
    by_tag = {}
    while (interval := reader.get_next_interval_histogram()) is not None:
        whole = by_tag.setdefault(interval.get_tag(), empty())
        whole.add(interval)
    same("start of the run", reader.get_start_time_sec(), expected["started_s"])
    same("tags", sorted(by_tag), sorted(expected["tags"]))
    for tag, wanted in expected["tags"].items():
        whole = by_tag[tag]
        same(f"{tag}: count", whole.get_total_count(), wanted["count"])
        recorded = [
            [item.value_iterated_to, item.count_at_value_iterated_to]
            for item in whole.get_recorded_iterator()
        ]
        same(f"{tag}: counts by value", recorded, wanted["recorded"])
        same(f"{tag}: max", whole.get_max_value(), wanted["max"])
        for percentile in PERCENTILES:
            found = whole.get_value_at_percentile(float(percentile))
            same(f"{tag}: p{percentile}", found, wanted["percentiles"][percentile])
            exact = wanted["nearest_rank_ns"][percentile]
            if abs(found - exact) > exact / 1000:
                raise AssertionError(f"{tag}: p{percentile} is {found}, far from {exact}")
    print(f"latency.hlog: {len(by_tag)} tags, {len(PERCENTILES)} percentiles each")


def check_prometheus(path, expected):
    families = list(text_string_to_metric_families(path.read_text(encoding="utf-8")))
    found = {
        family.name: sorted([sorted(sample.labels.items()), sample.value] for sample in family.samples)
        for family in families
    }
    same("families", len(found), len(families))
    same("types", {family.type for family in families}, {"gauge"})
    same("families", sorted(found), sorted(expected["families"]))
    for name, labels, value in expected["samples"]:
        if [sorted(labels.items()), value] not in found[name]:
            raise AssertionError(f"{name}: no {labels} with {value} in {found[name]}")
    for family in families:
        if any(sample.timestamp is not None for sample in family.samples):
            raise AssertionError(f"{family.name} has a time stamp")
    print(f"metrics.prom: {len(found)} families")


def check_junit(path, expected):
    report = JUnitXml.fromfile(str(path))
    cases = [case for suite in report for case in suite]
    results = [result for case in cases for result in case.result]
    same("suites", [suite.name for suite in report], expected["suites"])
    same("cases", len(cases), expected["tests"])
    same("counted cases", report.tests, expected["tests"])
    failures = [result for result in results if isinstance(result, Failure)]
    same("failures", sorted(result.type for result in failures), expected["failures"])
    same("counted failures", report.failures, len(expected["failures"]))
    skipped = [result for result in results if isinstance(result, Skipped)]
    same("skipped", len(skipped), expected["skipped"])
    print(f"junit.xml: {len(cases)} cases")


def check_samples(path, expected):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    same("rows", len(rows), expected["rows"])
    same("failed rows", sum(row["status"] != "ok" for row in rows), expected["failed"])
    if any(None in row or None in row.values() for row in rows):
        raise AssertionError("a row is longer or shorter than the header")
    print(f"samples.csv: {len(rows)} rows")


def main():
    folder = pathlib.Path(sys.argv[1])
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    check_log(folder / "latency.hlog", expected["log"])
    check_prometheus(folder / "metrics.prom", expected["prometheus"])
    check_junit(folder / "junit.xml", expected["junit"])
    check_samples(folder / "samples.csv", expected["samples"])


if __name__ == "__main__":
    main()
