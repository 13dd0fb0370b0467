import pytest

from erp.embedded import frontend


@pytest.fixture
def project(tmp_path):
    (tmp_path / "erp/pages").mkdir(parents=True)
    (tmp_path / "assets/external").mkdir(parents=True)
    (tmp_path / "rxconfig.py").write_text("app_name = 'erp'")
    (tmp_path / "erp/pages/till.py").write_text("till = 1")
    return tmp_path


@pytest.fixture
def builds(monkeypatch):
    """Count builds instead of running one; the browser tests run the real one."""
    done = []

    def build(project, _log):
        (project / frontend.BUILT).mkdir(parents=True, exist_ok=True)
        done.append(project)

    monkeypatch.setattr(frontend, "_build", build)
    return done


def build(project):
    return frontend.build_if_changed(project, project / "build.log", lambda _line: None)


def test_unchanged_sources_are_built_once(project, builds):
    assert build(project)
    assert not build(project)
    assert len(builds) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rxconfig.py", True),
        ("erp/pages/till.py", True),
        ("assets/logo.svg", True),
        ("reflex.lock/package-lock.json", True),
        ("erp/pages/__pycache__/till.pyc", False),
        ("assets/external/derived.jsx", False),
        ("erp/services.py", False),
    ],
)
def test_only_changes_that_show_in_the_browser_build_again(project, builds, name, expected):
    build(project)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("changed")
    assert build(project) is expected
    assert len(builds) == 1 + expected


def test_a_renamed_file_counts_as_a_change(project, builds):
    build(project)
    (project / "erp/pages/till.py").rename(project / "erp/pages/counter.py")
    assert build(project)
    assert len(builds) == 2


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('{"dev": {"vite": "8"}, "all": {"react": "19"}}', True),
        ('{"dev": {"vite": "9"}, "all": {"react": "19"}}', False),
        ("", False),
    ],
)
def test_a_build_changes_no_file_that_says_the_same(project, monkeypatch, written, kept):
    wanted = project / frontend.WANTED
    wanted.parent.mkdir(parents=True)
    wanted.write_text('{"all":{"react":"19"},"dev":{"vite":"8"}}')
    before = wanted.read_text()
    monkeypatch.setattr(frontend, "_build", lambda *_: wanted.write_text(written))
    (project / frontend.BUILT).mkdir(parents=True)
    build(project)
    assert wanted.read_text() == (before if kept else written)


def test_a_failed_build_shows_its_output_and_is_tried_again(project, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    for _attempt in range(2):
        with pytest.raises(frontend.FrontendBuildError, match="could not be built"):
            build(project)


@pytest.mark.parametrize(
    ("output", "shown", "hidden"),
    [
        (
            "npm error code SELF_SIGNED_CERT_IN_CHAIN\n" + "npm silly unfinished timer\n" * 500,
            "SELF_SIGNED_CERT_IN_CHAIN",
            "npm silly",
        ),
        ("first line\n" + "x" * 5000 + "\nCannot find module", "Cannot find module", "first line"),
    ],
)
def test_a_failed_build_says_why(project, monkeypatch, tmp_path, output, shown, hidden):
    script = tmp_path / "failing"
    script.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(script))
    with pytest.raises(frontend.FrontendBuildError) as refused:
        build(project)
    assert shown in str(refused.value)
    assert hidden not in str(refused.value)
