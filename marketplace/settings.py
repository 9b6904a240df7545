"""How this process is set: one frozen class, read once from the environment or `.env`.

Everything has a value that suits a laptop. In production, what guards people (secret key, base address,
database, mail) must be given, and the process refuses to start half-set.
"""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HOUSE = Path(__file__).resolve().parent.parent
PREFIX = "TOUCHSTONE_"
LAPTOP_KEY = "a key for the laptop that guards nothing"


class OidcProvider(BaseModel):
    """One house of several, as an entry of the JSON list in `TOUCHSTONE_OIDC_PROVIDERS`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(pattern="^[a-z0-9-]{1,30}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    issuer: Annotated[str, Field(pattern="^https?://", max_length=300)]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr = SecretStr("")
    scope: str = "openid email profile"
    second_factor: Literal["never", "told", "always"] = "told"
    opens_accounts: bool = True


class Settings(BaseSettings):
    """The settings, each as `TOUCHSTONE_<NAME>` in the environment or `.env`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore")

    mode: Literal["demonstration", "production"] = "demonstration"
    base_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr = SecretStr(LAPTOP_KEY)
    database_url: str = f"sqlite:///{HOUSE / 'var' / 'touchstone.db'}"
    search_url: str = f"tantivy:///{HOUSE / 'var' / 'index'}"
    search_key: SecretStr = SecretStr("")
    files_url: str = f"file:///{HOUSE / 'var' / 'files'}"
    mail_url: str = f"folder:///{HOUSE / 'var' / 'mail'}"
    mail_from: str = "Touchstone <no-reply@touchstone.example>"
    bounces_url: str = Field(default="", description="folder:///path of the mailbox that delivery reports come to")
    bounces_secret: SecretStr = Field(default=SecretStr(""), description="signs what comes to /webhooks/mail")
    semantic: bool = False
    stripe_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "single sign-on"
    oidc_providers: tuple[OidcProvider, ...] = ()
    trusted_proxies: tuple[str, ...] = Field(default=(), description="addresses whose X-Forwarded-For is believed")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.stripe_key.get_secret_value()) != bool(self.stripe_webhook_secret.get_secret_value()):
            raise ValueError(f"{PREFIX}STRIPE_KEY and {PREFIX}STRIPE_WEBHOOK_SECRET are set both or neither")
        keys = [provider.key for provider in self.all_oidc_providers]
        if len(set(keys)) < len(keys) or bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError(f"{PREFIX}OIDC_ISSUER and _CLIENT_ID are set both or neither, and no key stands twice")
        if self.mode == "production":
            missing = [PREFIX + name.upper() for name in self._lacking()]
            if missing:
                raise ValueError(f"production needs {', '.join(missing)}")
        return self

    def _lacking(self) -> list[str]:
        lacking = [name for name in ("base_url", "database_url", "mail_url") if name not in self.model_fields_set]
        if len(self.secret_key.get_secret_value()) < 32 or self.secret_key.get_secret_value() == LAPTOP_KEY:
            lacking.append("secret_key")
        if not self.base_url.startswith("https://"):
            lacking.append("base_url")
        if not all(provider.issuer.startswith("https://") for provider in self.all_oidc_providers):
            lacking.append("oidc_issuer with https")
        return sorted(set(lacking))

    @property
    def all_oidc_providers(self) -> tuple[OidcProvider, ...]:
        """Every house that people may come from: the one of `_OIDC_ISSUER`, and those of the list."""
        if not (self.oidc_issuer and self.oidc_client_id):
            return self.oidc_providers
        one = OidcProvider(
            key="sso", name=self.oidc_name, issuer=self.oidc_issuer, client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret,
        )  # fmt: skip
        return (one, *self.oidc_providers)

    @property
    def is_demonstration(self) -> bool:
        return self.mode == "demonstration"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS, so that cookies may be `__Host-` and `Secure`."""
        return self.base_url.startswith("https://")

    @cached_property
    def frameworks(self) -> Path:
        return HOUSE / "frameworks"

    @cached_property
    def templates(self) -> Path:
        return HOUSE / "templates"

    @cached_property
    def static(self) -> Path:
        return HOUSE / "static"
