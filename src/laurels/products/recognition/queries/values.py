"""What a recognition can be for."""

from sqlalchemy import Connection, select

from laurels.products.recognition.rules import MAX_VALUES
from laurels.products.recognition.tables import RecognitionValue, recognition_value


def list_values(connection: Connection, *, with_retired: bool = False) -> list[RecognitionValue]:
    """The community's values in their order; retired ones only where asked for."""
    wanted = select(recognition_value)
    if not with_retired:
        wanted = wanted.where(recognition_value.c.is_active)
    rows = connection.execute(wanted.order_by(recognition_value.c.position, recognition_value.c.name).limit(MAX_VALUES))
    return [RecognitionValue(*row) for row in rows]
