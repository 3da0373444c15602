"""Settings, read from the environment and an optional .env file, all with working defaults.

Nothing here is read at import: `ui.wiring` calls `load` once and hands the
result in.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import FixSetup


def _data_dir() -> Path:
    return user_data_path("greenroom", appauthor=False)


class Settings(BaseSettings):
    """Each setting is an environment variable, ``GREENROOM_`` and its name in capitals.

    The key and the address of an OpenAI-compatible service keep the names that
    the openai client gives them.
    """

    model_config = SettingsConfigDict(
        env_prefix="GREENROOM_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(default_factory=_data_dir, description="Where the database lives")
    models_dir: Path | None = Field(
        None, description="Where model files live; data_dir/models if not set"
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy address; data_dir/greenroom.db if not set"
    )
    packs_dir: Path | None = Field(None, description="A folder of your own packs")
    model: str = Field(
        "qwen2.5-coder-1.5b", description="An embedded model of the catalogue, or a remote one"
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="Key of an OpenAI-compatible service"
    )
    openai_base_url: str | None = Field(
        None, validation_alias="OPENAI_BASE_URL", description="Address of such a service"
    )
    model_timeout: float = Field(
        60.0, gt=0, le=600, description="Seconds that one model call may take"
    )
    threads: int = Field(
        0, ge=0, le=256, description="Threads for the embedded model; 0 is all cores"
    )
    host: str = Field("127.0.0.1", description="Where the page listens")
    port: int = Field(8501, ge=1, le=65535, description="The page's port")
    log_answers: bool = Field(False, description="Let candidates' words into the log")

    @property
    def artefacts(self) -> Path:
        return self.models_dir or self.data_dir / "models"

    @property
    def database(self) -> str:
        # Quoted, since a folder's name may hold what an address gives a meaning to.
        return self.database_url or f"sqlite:///{quote(str(self.data_dir / 'greenroom.db'))}"

    @property
    def remote(self) -> bool:
        """Whether answers leave this machine for a model service."""
        return self.openai_base_url is not None or self.openai_api_key is not None


def load() -> Settings:
    """Return the settings. Raises FixSetup naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        name = field if field.isupper() else f"GREENROOM_{field.upper()}"
        raise FixSetup(
            f"The setting {name} is wrong: {first['msg'].lower()}.",
            "Correct it in the environment or in .env; .env.example lists them all.",
        ) from error
