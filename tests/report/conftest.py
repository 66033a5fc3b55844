"""What the report's tests share."""

from __future__ import annotations

import pytest

from tests.report.results import Build, build_result


@pytest.fixture
def build() -> Build:
    """The maker of small audit results."""
    return build_result
