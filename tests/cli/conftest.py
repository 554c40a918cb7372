"""Every test of the command line has a data folder of its own and no model but the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

VARIABLES = (
    "DATABASE_URL", "DATA_DIR", "LOG_LEVEL", "PORT", "CORS_ORIGINS", "OPENAI_API_KEY", "OPENAI_BASE_URL", "NO_COLOR",
    "FORCE_COLOR", "POINTWORK_DATABASE_URL", "POINTWORK_DEBUG", "POINTWORK_DURABILITY", "POINTWORK_HOST",
    "POINTWORK_LOG_LEVEL", "POINTWORK_OFFLINE_DEMO", "POINTWORK_ORIGINS", "POINTWORK_PORT", "POINTWORK_URL",
    "COLUMNS", "LINES", "PYTHONWARNINGS",
)  # fmt: skip


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands of this test store."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "data"
    monkeypatch.setenv("POINTWORK_DATA_DIR", str(folder))
    return folder
