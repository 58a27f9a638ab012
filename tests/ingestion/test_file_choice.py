"""Which files are read, read again and read as newer versions."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingestion import file_formats
from tests.ingestion.cost_files import COSTS, SOURCE, costs, mapped
from tests.ingestion.scripted import company, extract_files, load, raw


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text(COSTS)
    settings = company(tmp_path / "company", SOURCE)
    (tmp_path / "company" / "costs.csv").symlink_to(tmp_path / "outside.csv")
    report = extract_files(settings)["costs"]
    assert report.error_kind == "ConfigurationError"


def test_the_same_key_in_a_later_file_is_a_newer_version(tmp_path: Path) -> None:
    (tmp_path / "costs-1.csv").write_text(COSTS + "K1,2026-01-31,tools,1,USD\n")
    settings, report = costs(tmp_path, COSTS + "K1,2026-01-31,tools,2,USD\n", name="costs-2.csv")
    assert report.quarantined == 0
    load(settings)
    versions = raw(settings, "raw_files.costs", "payload, extracted_at")
    newest, _ = max(versions, key=lambda version: version[1])
    assert orjson.loads(newest)["mapped"]["amount"] == "2"


class TestWhichFilesAreRead:
    LINE = "K1,2026-01-31,tools,1,USD\n"

    def test_an_unchanged_file_is_not_read_again_even_under_a_new_name(self, tmp_path: Path) -> None:
        settings, _ = costs(tmp_path, COSTS + self.LINE)
        (tmp_path / "costs.csv").rename(tmp_path / "costs-renamed.csv")
        report = extract_files(settings)["costs"]
        assert (report.fetched, report.is_unchanged) == (0, True)

    def test_the_same_content_twice_is_read_once(self, tmp_path: Path) -> None:
        (tmp_path / "costs-copy.csv").write_text(COSTS + self.LINE)
        _, report = costs(tmp_path, COSTS + self.LINE)
        assert report.fetched == 1

    def test_new_content_under_the_same_name_is_read_and_removed_rows_are_deleted(self, tmp_path: Path) -> None:
        costs(tmp_path, COSTS + self.LINE + self.LINE.replace("K1", "K2"))
        settings, report = costs(tmp_path, COSTS + self.LINE.replace(",1,", ",5,"))
        assert (report.changed, report.deleted) == (1, 1)
        load(settings)
        deleted = raw(settings, "raw_files.costs", "record_id, is_deleted")
        assert deleted == [("K1", False), ("K1", False), ("K2", False), ("K2", True)]

    def test_a_file_that_changes_while_it_is_read_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = file_formats.read

        def read_slowly(path: Path, settings: Any) -> Any:
            with path.open("a") as file:
                file.write("K2,2026-01-31")
            return read(path, settings)

        monkeypatch.setattr(file_formats, "read", read_slowly)
        _, report = costs(tmp_path, COSTS + self.LINE)
        assert "changed while it was read" in (report.error or "")

    def test_a_fresh_file_is_left_alone_for_a_moment(self, tmp_path: Path) -> None:
        settings = company(tmp_path, SOURCE.replace('"0s"', '"1s"'))
        (tmp_path / "costs.csv").write_text(COSTS + self.LINE)
        assert extract_files(settings)["costs"].seconds > 0.5
        os.utime(tmp_path / "costs.csv", (1, 1))
        assert extract_files(settings)["costs"].seconds < 0.5

    def test_a_missing_or_empty_file_deletes_nothing(self, tmp_path: Path) -> None:
        lines = "".join(self.LINE.replace("K1", f"K{number}") for number in range(20))
        settings, _ = costs(tmp_path, COSTS + lines)
        (tmp_path / "costs.csv").write_text(COSTS)
        assert "0 records where there were 20" in (extract_files(settings)["costs"].error or "")
        (tmp_path / "costs.csv").unlink()
        assert "no file matches" in (extract_files(settings)["costs"].error or "")
        assert len(mapped(settings)) == 20

    def test_a_changed_mapping_reads_the_file_again(self, tmp_path: Path) -> None:
        costs(tmp_path, COSTS + self.LINE)
        settings, report = costs(tmp_path, COSTS + self.LINE, extra='[sources.costs.constants]\nteam = "A"\n')
        assert report.changed == 1
        assert [row.get("team") for row in mapped(settings)] == [None, "A"]

    def test_rows_of_an_incremental_source_only_arrive(self, tmp_path: Path) -> None:
        extra = 'mode = "incremental"\n'
        costs(tmp_path, COSTS + self.LINE, name="costs-1.csv", extra=extra)
        (tmp_path / "costs-1.csv").unlink()
        settings, report = costs(tmp_path, COSTS + self.LINE.replace("K1", "K2"), name="costs-2.csv", extra=extra)
        assert (report.fetched, report.new, report.deleted) == (1, 1, 0)
        assert [row["cost_id"] for row in mapped(settings)] == ["K1", "K2"]

    def test_versions_in_a_file_are_kept_and_the_newest_stays_the_newest(self, tmp_path: Path) -> None:
        text = SOURCE.replace("costs*", "leads.csv").replace('"costs"', '"leads"')
        settings = company(tmp_path, text)
        header = "lead_id,created_at,source,updated_at\n"
        lines = [f"L1,2026-01-01,a,2026-01-0{day}T00:00:00Z\n" for day in (1, 3)]
        (tmp_path / "leads.csv").write_text(header + "".join(lines))
        extract_files(settings)
        lines.insert(1, "L1,2026-01-01,b,2026-01-02T00:00:00Z\n")
        (tmp_path / "leads.csv").write_text(header + "".join(lines))
        extract_files(settings)
        load(settings)
        versions = raw(settings, "raw_files.leads", "cast(updated_at as date)::text")
        assert [row[0][-1] for row in versions] == ["1", "3", "2", "3"]
