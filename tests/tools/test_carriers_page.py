"""docs/carriers.md says what the plug-ins and the last published conformance run say."""

import yaml
from porchlight.plugins import CARRIERS

from tools.conformance import matrix
from tools.conformance.figures import Figures

PAGE = matrix.PUBLISHED.with_name("carriers.md")


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == matrix.page(), "run `make docs-carriers`"


def test_the_published_run_is_clean():
    figures = Figures.model_validate_json(matrix.PUBLISHED.read_bytes())
    assert figures.clean
    assert set(figures.carriers) <= set(CARRIERS.codes())


def test_every_carrier_is_told_how_to_connect():
    where = yaml.safe_load((matrix.HERE / "connect.yaml").read_text(encoding="utf-8"))
    assert set(where) == set(CARRIERS.codes())


def test_every_row_has_as_many_cells_as_its_table():
    width = 0
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = line.replace(r"\|", "").count("|")
        if not line.startswith("|"):
            width = 0
        assert width in {0, cells}, line
        width = cells
