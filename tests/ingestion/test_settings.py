"""The configuration: what is read, what is refused, and that errors name the place and never the secret."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion import settings as configuration
from ingestion.errors import ConfigurationError
from ingestion.extract import extract
from ingestion.settings import FilesSettings, HubSpotSettings, Secret, Settings, load_settings
from tests.ingestion.scripted import extract_files, load, raw

HUBSPOT = '[sources.hubspot]\naccess_token = { env = "TOKEN" }\n'
FILES = '[sources.crm]\nkind = "files"\npath = "crm.csv"\nentity = "leads"\n'
EVENTS = FILES.replace("leads", "lead_events")
DEALS = FILES.replace("leads", "opportunities") + 'source_system = "company"\n'
STRIPE = '[sources.stripe]\napi_key = { env = "A" }\n'
CANARY = "canary-7f3a"


def read(folder: Path, text: str, **environment: str) -> Settings:
    """Settings of a file with this text."""
    file = folder / "funnelhouse.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environment=environment)


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(tmp_path, "")
    monkeypatch.chdir("/")
    assert settings.warehouse_path == tmp_path / "var" / "warehouse.duckdb"
    assert (settings.var, settings.serving) == (tmp_path / "var", tmp_path / "serving")


def test_the_file_is_found_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[company]\nname = "Other"\n')
    settings = load_settings(environment={"FUNNELHOUSE_CONFIG": str(tmp_path / "other.toml")})
    assert settings.company.name == "Other"


def test_defaults_and_durations_are_typed(tmp_path: Path) -> None:
    settings = read(tmp_path, HUBSPOT + 'allow_stale = "36h"\nstart_date = 2023-01-01\n')
    hubspot = settings.sources["hubspot"]
    assert isinstance(hubspot, HubSpotSettings)
    assert (hubspot.kind, hubspot.allow_stale, hubspot.start_date) == (
        "hubspot", timedelta(hours=36), date(2023, 1, 1),
    )  # fmt: skip
    assert hubspot.base_url == "https://api.hubapi.com"
    assert settings.kpi.attribution_lookback_days == 90


def test_a_gross_margin_may_change(tmp_path: Path) -> None:
    assert read(tmp_path, "").kpi.gross_margin_ratio == ()
    one = read(tmp_path, "[kpi]\ngross_margin_ratio = 0.8\n").kpi.gross_margin_ratio
    assert [(dated.valid_from, dated.ratio) for dated in one] == [(date(1900, 1, 1), Decimal("0.8"))]
    two = "[kpi]\ngross_margin_ratio = [{ ratio = 0.7 }, { valid_from = 2026-01-01, ratio = 0.8 }]\n"
    assert [dated.valid_from for dated in read(tmp_path, two).kpi.gross_margin_ratio] == [
        date(1900, 1, 1), date(2026, 1, 1),
    ]  # fmt: skip


def test_the_environment_overrides_a_key(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        HUBSPOT,
        FUNNELHOUSE__SOURCES__HUBSPOT__BASE_URL="http://127.0.0.1:8080/hubspot/",
        FUNNELHOUSE__SOURCES__HUBSPOT__ENABLED="false",
        FUNNELHOUSE__COMPANY__REPORTING_CURRENCY="EUR",
    )
    hubspot = settings.sources["hubspot"]
    assert isinstance(hubspot, HubSpotSettings)
    assert (hubspot.base_url, hubspot.enabled) == ("http://127.0.0.1:8080/hubspot", False)
    assert settings.company.reporting_currency == "EUR"
    assert settings.enabled_sources == {}


def test_a_wrong_override_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="variable FUNNELHOUSE__SOURCES__HUBSPOT__BASE_URL"):
        read(tmp_path, HUBSPOT, FUNNELHOUSE__SOURCES__HUBSPOT__BASE_URL="http://api.example.com")


@pytest.mark.parametrize(
    ("text", "line", "finding"),
    [
        ("[company]\nname = 'x'\nmoney = 1\n", 3, "`company.money`: unknown key"),
        ("\n[company]\nreporting_currency = 'dollars'\n", 3, "`company.reporting_currency`"),
        ("[company]\nreporting_currency = 'KWD'\n", 2, "`company.reporting_currency`: KWD has three decimal places"),
        ("[company]\nreporting_timezone = 'Mars/Base'\n", 2, "`company.reporting_timezone`: not a time zone"),
        ("[company]\nreporting_timezone = '../../etc/passwd'\n", 2, "not a time zone"),
        (FILES.replace("leads", "leeds"), 1, "`entity` is none of leads"),
        (FILES + "columns = { lead_id = 'Id', colour = 'x' }\n", 1, "no column of leads"),
        (FILES + "[sources.crm.values.nonsense]\na = 'b'\n", 1, "no column of leads"),
        (HUBSPOT + "values.nonsense.a = 'b'\n", 1, 'maps words for "lead_events.event_type", "opportunities.'),
        (HUBSPOT + "values.direction.a = 'inbound'\n", 1, "`values` has 'direction'"),
        (HUBSPOT + "values.'leads.event_type'.a = 'mql'\n", 1, "`values` has 'leads.event_type'"),
        (HUBSPOT + "values.event_type.OPEN = 'MQL'\n", 1, "makes 'OPEN' 'MQL'; event_type is one of lead, mql, sql"),
        (HUBSPOT + "values.event_type = { Open = 'mql', 'OPEN ' = 'sql' }\n", 1, "names 'OPEN ' twice"),
        (
            HUBSPOT + "values.event_type.a = 'mql'\nvalues.'lead_events.event_type'.A = 'mql'\n",
            1,
            "names 'A' twice for lead_events.event_type",
        ),
        (
            STRIPE + "values.external_id = { a = 'x', b = 'x' }\n",
            1,
            "more than one metadata key",
        ),
        (EVENTS + "values.event_type.Open = 'mgl'\n", 1, "makes 'Open' 'mgl'; event_type is one of lead, mql, sql"),
        (EVENTS + "values.event_type = { Open = 'mql', 'OPEN ' = 'sql' }\n", 1, "names 'OPEN ' twice for event_type"),
        (EVENTS + "constants.event_type = 'mgl'\n", 1, "`constants` makes event_type 'mgl'; event_type is one of lead"),
        (
            f"{DEALS}[sources.crm.pipelines.main]\nis_renewal = true\n"
            f"{DEALS.replace('crm]', 'more]')}[sources.more.pipelines.main]\nis_renewal = true\n",
            13,
            "`sources.more.pipelines.main`: this pipeline of company is told by crm already",
        ),
        (STRIPE + "[sources.stripe.pipelines.x]\nis_renewal = true\n", 3, "`sources.stripe.pipelines`: unknown key"),
        (
            "[company.business_hours]\nsunday = ['09:00-12:00']\nmonday = ['13:00-17:00', '09:00-13:01']\n",
            3,
            "`company.business_hours.monday`: 09:00-13:01 and 13:00-17:00 overlap",
        ),
        (FILES + "surprise = 1\n", 5, "`sources.crm.surprise`: unknown key"),
        (FILES.replace("crm.csv", "/etc/passwd"), 3, "inside the company's folder"),
        (FILES.replace("crm.csv", "../crm.csv"), 3, "inside the company's folder"),
        (HUBSPOT + "base_url = 'http://api.hubapi.com'\n", 3, "use https"),
        (HUBSPOT + "base_url = 'https://user:pw@api.hubapi.com'\n", 3, "without user and password"),
        (HUBSPOT + "base_url = 'file:///etc/passwd'\n", 3, "not an address"),
        (HUBSPOT + "allow_stale = 'a while'\n", 3, "not a duration"),
        ("[sources.hubspot]\nenabled = true\n", 1, "`sources.hubspot.access_token`: this key is required"),
        ("[sources.crm]\nenabled = true\n", 1, "needs a `kind`"),
        ("[sources.a]\nkind = 'hubspot'\naccess_token = { env = 'A' }\n" + HUBSPOT, 1, "must be called hubspot"),
        ("[company.business_hours]\nmonday = ['9-17']\n", 2, "not a range of times"),
        ("[kpi]\ngross_margin_ratio = 80\n", 2, "less than or equal to 1"),
        ("[kpi]\ngross_margin_ratio = [{ ratio = 0.7 }, { ratio = 0.8 }]\n", 1, "two ratios from the same day on"),
        ("[kpi.maturity_days]\nlead_to_won_rate = -1\n", 2, "greater than or equal to 0"),
        ("[kpi.maturity_days]\nwin_rate = 30\n", 2, "lead_to_won_rate"),
        ("[warehouse]\nmemory_limit = 'most of it'\n", 2, "`warehouse.memory_limit`"),
        ("surprise = 1\n", 1, "`surprise`: unknown key"),
        ("folder = 'x'\n", 1, "unknown key"),
    ],
)
def test_an_error_names_the_line_and_the_key(text: str, line: int, finding: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert finding in str(caught.value)
    assert f"funnelhouse.toml, line {line}" in str(caught.value)


def test_words_of_files_count_in_any_case_and_may_be_none(tmp_path: Path) -> None:
    words = "values.event_type = { Open = 'MQL', won = '' }\nconstants.event_type = ' open'\n"
    crm = read(tmp_path, EVENTS + words).sources["crm"]
    assert isinstance(crm, FilesSettings)
    assert crm.words("event_type") == {"open": "MQL", "won": ""}


def test_hours_of_a_day_may_meet_and_a_pipeline_s_name_may_be_used_in_another_system(tmp_path: Path) -> None:
    hours = "[company.business_hours]\nmonday = ['13:00-17:00', '09:00-13:00']\n"
    pipelines = "".join(
        f"{DEALS.replace('crm]', f'{name}]').replace('company', name)}"
        f"[sources.{name}.pipelines.main]\nis_renewal = true\n"
        for name in ("crm", "more")
    )
    settings = read(tmp_path, hours + pipelines)
    assert settings.company.business_hours
    assert [opens for _, opens, _ in settings.company.business_hours.ranges()] == ["13:00", "09:00"]
    assert set(settings.sources) == {"crm", "more"}


@pytest.mark.parametrize("name", ["a;drop table x", 'a"b', "Hub", "../a", "a.b", "", "a" * 64, "1a", "a-b", "naïve"])
def test_a_hostile_source_name_is_refused(name: str, tmp_path: Path) -> None:
    quoted = name.replace('"', '\\"')
    with pytest.raises(ConfigurationError, match="is not allowed"):
        read(tmp_path, FILES.replace("sources.crm", f'sources."{quoted}"'))


@pytest.mark.parametrize("name", ["a;drop", 'x"y', "A B", "é"])
def test_a_hostile_source_system_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="source_system"):
        read(tmp_path, FILES + f"source_system = '{name}'\n")


def test_hostile_words_of_mappings_are_values_and_never_identifiers(tmp_path: Path) -> None:
    hostile = "x'); drop table raw_files.leads; --"
    settings = read(
        tmp_path,
        FILES
        + f'settle = "0s"\n[sources.crm.columns]\nlead_id = "{hostile}"\n'
        + f'[sources.crm.constants]\nregion = "{hostile}"\n[sources.crm.values.source]\n"{hostile}" = "ads"\n',
    )
    (tmp_path / "crm.csv").write_text(f'"{hostile}",created_at,source\n"{hostile}",2026-01-01,"{hostile}"\n')
    assert extract_files(settings)["crm"].error is None
    load(settings)
    assert raw(
        settings, "raw_files.leads", "record_id, payload->'mapped'->>'region', payload->'mapped'->>'source'"
    ) == [(hostile, hostile, "ads")]


class TestSecrets:
    def test_a_secret_in_the_file_is_refused_and_not_repeated(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError) as caught:
            read(tmp_path, f'[sources.hubspot]\naccess_token = "{CANARY}"\n')
        assert "a secret does not stand in this file" in str(caught.value)
        assert CANARY not in str(caught.value)
        assert CANARY not in repr(caught.value.__cause__)

    def test_a_secret_comes_from_the_environment_or_a_file_and_shows_in_no_text(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TOKEN", CANARY)
        (tmp_path / "token").write_text(f"{CANARY}\n")
        settings = read(tmp_path, HUBSPOT)
        hubspot = settings.sources["hubspot"]
        assert isinstance(hubspot, HubSpotSettings)
        assert hubspot.access_token.get_secret_value() == CANARY
        other = read(tmp_path, HUBSPOT.replace('env = "TOKEN"', 'file = "token"')).sources["hubspot"]
        assert isinstance(other, HubSpotSettings)
        assert other.access_token.get_secret_value() == CANARY
        assert CANARY not in f"{settings!r} {settings} {settings.model_dump_json()}"

    def test_a_missing_secret_is_named_when_it_is_used(self) -> None:
        with pytest.raises(ConfigurationError, match="environment variable NO_SUCH_TOKEN: the secret is not there"):
            Secret(env="NO_SUCH_TOKEN").get_secret_value()

    def test_a_missing_secret_fails_its_source_only(self, tmp_path: Path) -> None:
        settings = read(tmp_path, HUBSPOT.replace("TOKEN", "NO_SUCH_TOKEN") + FILES + 'settle = "0s"\n')
        (tmp_path / "crm.csv").write_text("lead_id,created_at\nL1,2026-01-01\n")
        reports = {report.stream: report for report in extract(settings)}
        assert reports["hubspot.contacts"].error_kind == "ConfigurationError"
        assert reports["crm.leads"].new == 1


def test_the_date_is_yesterday_in_the_reporting_zone_unless_it_is_pinned(tmp_path: Path) -> None:
    zone = "[company]\nreporting_timezone = 'Asia/Tokyo'\n"
    evening = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)
    assert read(tmp_path, zone).as_of_date(evening) == date(2026, 3, 31)
    assert read(tmp_path, "").as_of_date(evening) == date(2026, 3, 30)
    assert read(tmp_path, "[company]\nas_of_date = 2026-01-31\n").as_of_date(evening) == date(2026, 1, 31)


def test_the_template_is_a_valid_configuration_with_every_kind_of_source(tmp_path: Path) -> None:
    settings = read(tmp_path, configuration.init_template())
    assert {source.kind for source in settings.sources.values()} == {
        "hubspot", "google_ads", "zendesk", "stripe", "files",
    }  # fmt: skip
    assert settings.enabled_sources == {}


def test_file_sources_may_share_a_source_system(tmp_path: Path) -> None:
    settings = read(tmp_path, FILES + 'source_system = "company"\n' + FILES.replace("crm]", "other]"))
    assert (settings.source_system("crm"), settings.source_system("other")) == ("company", "other")
    crm = settings.sources["crm"]
    assert isinstance(crm, FilesSettings)
    assert crm.mode == "snapshot"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[a", b"a = 1\na = 2"])
def test_a_file_that_is_not_toml_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "funnelhouse.toml").write_bytes(content)
    with pytest.raises(ConfigurationError):
        load_settings(tmp_path / "funnelhouse.toml", environment={})


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="funnel init"):
        load_settings(tmp_path / "funnelhouse.toml", environment={})


def test_the_headline_of_acquisition_cost_may_change(tmp_path: Path) -> None:
    assert [dated.variant for dated in read(tmp_path, "").kpi.cac_headline] == ["loaded"]
    assert [dated.variant for dated in read(tmp_path, "[kpi]\ncac_headline = 'paid'\n").kpi.cac_headline] == ["paid"]
    two = "[kpi]\ncac_headline = [{ level = 'paid' }, { valid_from = 2026-01-01, level = 'loaded' }]\n"
    assert [(dated.valid_from, dated.variant) for dated in read(tmp_path, two).kpi.cac_headline] == [
        (date(1900, 1, 1), "paid"), (date(2026, 1, 1), "loaded"),
    ]  # fmt: skip


def test_the_model_of_returns_may_change_on_any_day(tmp_path: Path) -> None:
    assert [dated.variant for dated in read(tmp_path, "").kpi.attribution_model] == ["first_touch"]
    dated = "[{ model = 'last_touch' }, { valid_from = 2026-01-15, model = 'linear' }]"
    assert read(tmp_path, f"[kpi]\nattribution_model = {dated}\n").kpi.headlines == [
        ("cac", "loaded", date(1900, 1, 1), None),
        ("roas", "last_touch", date(1900, 1, 1), None),
        ("roas", "linear", date(2026, 1, 15), None),
    ]


@pytest.mark.parametrize(
    ("models", "finding"),
    [
        ("[{ model = 'linear' }, { model = 'time_decay' }]", "two things from the same day on"),
        ("[{ valid_from = 2026-01-01, model = 'linear' }]", "holds from the beginning"),
        ("[{ model = 'linear' }, { valid_from = 2026-01-01, model = 'linear' }]", "in force already"),
        ("'middle_touch'", "model"),
        ("[]", "at least 1"),
    ],
)
def test_a_model_of_returns_without_sense_is_refused(models: str, finding: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=finding):
        read(tmp_path, f"[kpi]\nattribution_model = {models}\n")


@pytest.mark.parametrize(
    ("levels", "finding"),
    [
        ("[{ level = 'paid' }, { level = 'loaded' }]", "two things from the same day on"),
        ("[{ level = 'paid' }, { valid_from = 2026-01-15, level = 'loaded' }]", "first day of a month"),
        ("[{ valid_from = 2026-01-01, level = 'loaded' }]", "holds from the beginning"),
        ("[{ level = 'paid' }, { valid_from = 2026-01-01, level = 'paid' }]", "in force already"),
        ("'cheap'", "level"),
        ("[]", "at least 1"),
    ],
)
def test_a_headline_without_sense_is_refused(levels: str, finding: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=finding):
        read(tmp_path, f"[kpi]\ncac_headline = {levels}\n")


REDEFINED = "[[kpi.definitions]]\nkpi = 'win_rate'\ncomputed_as = 'win_rate_by_value'\nvalid_from = 2026-03-01\n"


def test_any_kpi_may_be_computed_as_another_from_a_day_on(tmp_path: Path) -> None:
    back = "[[kpi.definitions]]\nkpi = 'win_rate'\ncomputed_as = 'win_rate'\nvalid_from = 2026-06-01\n"
    assert read(tmp_path, REDEFINED + back).kpi.headlines[2:] == [
        ("win_rate", "win_rate", date(1900, 1, 1), None),
        ("win_rate", "win_rate_by_value", date(2026, 3, 1), None),
        ("win_rate", "win_rate", date(2026, 6, 1), None),
    ]


def test_a_meaning_that_changed_in_the_source_is_told_in_words(tmp_path: Path) -> None:
    told = "[[kpi.definitions]]\nkpi = 'win_rate'\nformula = 'renewals are a stage now'\nvalid_from = 2026-06-01\n"
    assert read(tmp_path, told + REDEFINED).kpi.headlines[2:] == [
        ("win_rate", "win_rate", date(1900, 1, 1), None),
        ("win_rate", "win_rate_by_value", date(2026, 3, 1), None),
        ("win_rate", "win_rate_by_value", date(2026, 6, 1), "renewals are a stage now"),
    ]
    levels = "[{ level = 'loaded' }, { valid_from = 2026-01-01, level = 'loaded', formula = 'with presales' }]"
    assert read(tmp_path, f"[kpi]\ncac_headline = {levels}\n").kpi.headlines[:2] == [
        ("cac", "loaded", date(1900, 1, 1), None),
        ("cac", "loaded", date(2026, 1, 1), "with presales"),
    ]


@pytest.mark.parametrize(
    ("definitions", "finding"),
    [
        (REDEFINED + REDEFINED, "two things from the same day on"),
        (REDEFINED.replace("win_rate_by_value", "win_rate"), "in force already"),
        (REDEFINED.replace("2026-03-01", "1900-01-01"), "two things from the same day on"),
        (REDEFINED.replace("'win_rate'", "'cac'"), "said by `cac_headline`"),
        (REDEFINED.replace("'win_rate'", "'roas'"), "said by `attribution_model`"),
        (REDEFINED.replace("'win_rate'", "'Win rate'"), "pattern"),
        (REDEFINED.replace("valid_from = 2026-03-01\n", ""), "valid_from"),
        (REDEFINED.replace("computed_as = 'win_rate_by_value'\n", ""), "needs `computed_as`, or `formula` in words"),
        (REDEFINED.replace("computed_as = 'win_rate_by_value'", "formula = ' '"), "formula"),
    ],
)
def test_a_redefinition_without_sense_is_refused(definitions: str, finding: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=finding):
        read(tmp_path, definitions)


def test_trends_have_settings(tmp_path: Path) -> None:
    kpi = read(tmp_path, "[kpi]\ntrend_periods = 24\nsignificance_level = 0.01\n").kpi
    assert (kpi.trend_periods, kpi.significance_level) == (24, Decimal("0.01"))
    with pytest.raises(ConfigurationError, match="significance_level"):
        read(tmp_path, "[kpi]\nsignificance_level = 5\n")


TARGET = "[[targets]]\nkpi = 'win_rate'\nperiod_grain = 'quarter'\nperiod_start_date = 2026-01-01\n"


def test_targets_stand_in_the_configuration(tmp_path: Path) -> None:
    text = f"{TARGET}target_value = 0.3\n{TARGET}member = 'North'\ndimension = 'team'\ntarget_value = 0.25\n"
    assert [(one.dimension, one.member, one.target_value) for one in read(tmp_path, text).targets] == [
        ("total", "all", Decimal("0.3")), ("team", "North", Decimal("0.25")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (TARGET, "either a `target_value` or a `relative_change`"),
        (f"{TARGET}relative_change = 0.1\n", "both `relative_to` and `relative_change`"),
        (f"{TARGET}relative_to = 'baseline'\nrelative_change = 0.1\n", "`baseline_value`"),
        (f"{TARGET}target_value = 1\npath_periods = 3\n", "a path leads from"),
        (f"{TARGET}target_value = 1\n{TARGET}target_value = 2\n", "one target twice: win_rate"),
        (TARGET.replace("quarter", "decade"), "period_grain"),
    ],
)
def test_a_target_that_says_nothing_is_refused(text: str, finding: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=finding):
        read(tmp_path, text)
