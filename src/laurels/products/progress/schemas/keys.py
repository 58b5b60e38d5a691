"""The service keys of progress, as they are asked for."""

from laurels.identity.key_schemas import ServiceKeyBody
from laurels.web.schemas import example


class ProgressKeyBody(ServiceKeyBody):
    """A key to be made."""

    model_config = example({"name": "tutor", "scopes": ["award", "read"]})
