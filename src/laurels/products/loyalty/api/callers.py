"""Who reads these endpoints."""

from typing import Annotated, TypeAlias

from laurels.web.caller import AnyCaller, Role, service_or

READ = "read"
"""The scope of service keys that read a program."""

Reading: TypeAlias = Annotated[AnyCaller, service_or(Role.MEMBER, scope=READ)]
"""A member, or a program's service key that may read."""
