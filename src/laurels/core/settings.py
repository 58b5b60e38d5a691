"""Settings from LAURELS_* variables, a `.env` file, and a few well-known aliases.

`.env.example` lists all of them; a test keeps the two alike.
"""

from decimal import Decimal
from pathlib import Path
import re
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import is_currency
from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from laurels.core.token_prices import read_token_prices


class Settings(BaseSettings):
    """All that an operator can set. Defaults run one community on one machine."""

    model_config = SettingsConfigDict(env_prefix="LAURELS_", env_file=".env", extra="ignore", populate_by_name=True)

    home: Path = Field(Path("laurels-data"), description="Where the default database, secrets and uploads live.")
    database_url: str = Field(
        "",
        description="SQLAlchemy URL; empty means SQLite in the home folder.",
        validation_alias=AliasChoices("LAURELS_DATABASE_URL", "DATABASE_URL"),
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs tokens and cookies, encrypts voucher codes; empty means one is made and kept in the home folder.",
        validation_alias=AliasChoices("LAURELS_SECRET_KEY", "JWT_SECRET_KEY"),
    )
    redis_url: str = Field(
        "",
        description="Optional: rate limits shared by several processes.",
        validation_alias=AliasChoices("LAURELS_REDIS_URL", "REDIS_URL"),
    )
    openai_api_key: SecretStr = Field(
        SecretStr(""),
        description="Key of the AI model's server. Without a key and without an address there is no AI model.",
        validation_alias=AliasChoices("LAURELS_OPENAI_API_KEY", "OPENAI_API_KEY"),
    )
    openai_base_url: str = Field(
        "",
        description="The AI model's server, if it isn't OpenAI's own: any that speaks its protocol, such as http://localhost:11434/v1.",
        validation_alias=AliasChoices("LAURELS_OPENAI_BASE_URL", "OPENAI_BASE_URL"),
    )
    model: str = Field("gpt-4o-mini", max_length=200, pattern=r"^\S+$", description="The AI model's name at that server.")
    model_timeout_seconds: int = Field(60, ge=1, le=600, description="Longest wait for the AI model's whole answer.")
    model_max_tokens: int = Field(500, ge=16, le=100_000, description="Longest answer of the AI model, in tokens.")
    embedding_model: str = Field(
        "text-embedding-3-small",
        max_length=200,
        pattern=r"^\S*$",
        description="What finds passages by their meaning, by its name at the same server; empty: words alone do.",
    )
    model_prices: str = Field(
        "",
        max_length=100_000,
        description='Prices for a million tokens, as {"llama3.2": {"input": 0.05, "output": 0.10}}: beside those that are built in, '
        "which are US dollars: gpt-4o-mini 0.15 and 0.60, text-embedding-3-small 0.02. Other models cost nothing.",
    )
    model_currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code of those prices.")
    upload_path: Path | None = Field(
        None,
        description="Where uploads go, if not into a bucket; default: in the home folder.",
        validation_alias=AliasChoices("LAURELS_UPLOAD_PATH", "UPLOAD_PATH"),
    )
    s3_bucket: str = Field(
        "",
        pattern=r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$",
        description="A bucket for uploads, at Amazon S3 or a server with its protocol; it needs laurels[s3]. Empty: they go to disk.",
    )
    s3_endpoint: str = Field("", description="The bucket's server, if it isn't Amazon's: such as http://localhost:9000.")
    s3_region: str = Field("us-east-1", pattern=r"^[a-z0-9-]+$", description="The bucket's region.")
    s3_access_key: str = Field("", pattern=r"^[!-~]*$", description="Id of the key to the bucket. Empty: what the machine itself may do.")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="The secret of that key.")
    community_name: str = Field("Laurels", min_length=1, max_length=60, description="Shown in the header and in titles.")
    time_zone: str = Field("UTC", description="IANA zone of the community: months, weeks and days begin by it.")
    public_url: str = Field("", description="The address that members use; https:// turns on Secure cookies and HSTS.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    worker: Literal["inside", "outside"] = Field(
        "inside", description="Where schedules and outbox readers run: in the server's process, or outside, in `laurels worker`."
    )
    trusted_proxies: str = Field("127.0.0.1", description="Addresses whose X-Forwarded-* headers are believed, comma-separated.")
    rate_limits: bool = Field(True, description="Limits per minute and member; off only for load tests.")
    registration_open: bool = Field(True, description="Whether anyone may register; else staff create members.")
    mail_url: SecretStr = Field(
        SecretStr(""), description="A mail server, such as smtps://user:password@host; empty means mails are kept in the home folder."
    )
    mail_sender: str = Field("laurels@localhost", pattern=r"^[^\x00-\x1f\x7f]+$", description="The From address of mails.")
    access_token_minutes: int = Field(15, ge=1, le=1440, description="Life of an API access token.")
    session_days: int = Field(30, ge=1, le=365, description="Life of a session that isn't used.")

    recognition_grant: int = Field(100, ge=0, le=1_000_000, description="Credits that each member may give, granted each month.")
    recognition_sending_limit: int = Field(100, ge=0, le=1_000_000, description="Most credits a member may send in a month.")
    recognition_carry: int = Field(50, ge=0, le=1_000_000, description="Most unused credits that carry into the next month.")
    recognition_carry_raises_limit: bool = Field(False, description="Whether carried credits raise the month's sending limit.")
    recognition_giver_may_endorse: bool = Field(False, description="Whether a giver may endorse their own recognition.")
    voucher_value: Decimal = Field(
        Decimal("5"), gt=0, le=1_000_000, decimal_places=2, description="Worth of one credit, in the currency's main unit."
    )
    voucher_currency: str = Field("INR", pattern="^[A-Z]{3}$", description="ISO 4217 code of vouchers.")
    voucher_issuer_url: str = Field("", description="An HTTP issuer of voucher codes; empty means the built-in generator.")
    voucher_stock_limited: bool = Field(False, description="Whether vouchers come from a counted stock that staff fill.")

    study_creators: Literal["members", "staff"] = Field("members", description="Who may make classes.")
    study_time_zone: str = Field("Europe/Madrid", description="IANA zone by whose midnights tokens reset, unless a class says otherwise.")
    study_max_chats: int = Field(3, ge=1, le=50, description="Questions of a member that are answered at once, where a membership begins.")
    study_daily_tokens: int = Field(1_000_000, ge=0, le=10**12, description="Tokens of a day that a membership begins with.")
    study_weekly_tokens: int = Field(5_000_000, ge=0, le=10**12, description="Tokens of a week that it begins with.")
    study_monthly_tokens: int = Field(15_000_000, ge=0, le=10**12, description="Tokens of a month that it begins with.")
    study_sponsor_daily: int = Field(
        5_000_000, ge=0, le=10**12, description="Tokens of a day that a class's owner pays for all whom they sponsor there, to begin with."
    )
    study_sponsor_weekly: int = Field(25_000_000, ge=0, le=10**12, description="Tokens of a week that they pay for, to begin with.")
    study_sponsor_monthly: int = Field(75_000_000, ge=0, le=10**12, description="Tokens of a month that they pay for, to begin with.")
    study_max_file_mebibytes: int = Field(10, ge=1, le=1_000, description="The largest document that may be uploaded.")
    study_class_files: int = Field(1_000, ge=1, le=100_000, description="Most documents of a class.")
    study_class_mebibytes: int = Field(2_000, ge=1, le=1_000_000, description="What they may take up together.")
    study_session_files: int = Field(20, ge=0, le=1_000, description="Most documents of a chat's own; 0: none.")
    study_session_mebibytes: int = Field(100, ge=0, le=100_000, description="What they may take up together.")
    study_tokens_of_all: int = Field(
        0, ge=0, le=10**12, description="Most tokens of all classes together in a month, whatever they allow themselves; 0: no limit."
    )

    webhooks_allow_http: bool = Field(False, description="Whether webhooks may be sent unencrypted; for development.")
    webhooks_allow_private: bool = Field(
        False, description="Whether webhooks may lead to this machine and to private networks; for development."
    )

    @field_validator("public_url")
    @classmethod
    def _whole_url(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+/?", value):
            raise ValueError(f"{value!r} isn't the address of a site; write it like https://laurels.example.org")
        return value

    @field_validator("openai_api_key")
    @classmethod
    def _key_of_one_line(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]*", value.get_secret_value()):
            raise ValueError("that isn't a key: it has blanks, or letters beyond ASCII")
        return value

    @field_validator("openai_base_url")
    @classmethod
    def _url_of_a_protocol(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#@]*)?", value):
            # The address isn't quoted: a password may stand in it.
            raise ValueError("that isn't the address of a model's server; write it like http://localhost:11434/v1, with the key apart")
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _url_of_a_server(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+/?", value):
            raise ValueError("that isn't the address of a server; write it like http://localhost:9000, with the bucket and the key apart")
        return value.rstrip("/")

    @field_validator("model_prices")
    @classmethod
    def _prices_that_can_be_read(cls, value: str) -> str:
        read_token_prices(value)
        return value

    @field_validator("voucher_currency", "model_currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if not is_currency(value):
            raise ValueError(f"{value!r} is no ISO 4217 code; try EUR or INR")
        return value

    @field_validator("time_zone", "study_time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no IANA time zone; try Europe/Madrid or Asia/Kolkata")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def max_file_bytes(self) -> int:
        """The largest file that may be uploaded."""
        return self.study_max_file_mebibytes * 2**20

    @property
    def resolved_database_url(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'laurels.db'}"
