"""Awards points for what members did: all that a backend needs, with nothing but httpx.

python awards.py ADDRESS SERVICE_KEY STUDENT_ID
"""

from datetime import UTC, datetime
import sys
import time
from uuid import uuid4

import httpx

PASSING = {"too-many-requests", "unavailable"}
"""Codes of refusals that the same request may meet once and not again."""


class Awards:
    """Tells Laurels what members did. Every call may be made again, with the same event ids, until it is answered."""

    def __init__(self, address, key):
        self._client = httpx.Client(base_url=f"{address}/api/v1/progress", headers={"Authorization": f"Bearer {key}"}, timeout=10)

    def send(self, path, body):
        for attempt in range(5):
            try:
                answer = self._client.post(path, json=body)
            except httpx.TransportError:  # nobody knows whether it arrived: the event id makes it safe to send again
                time.sleep(2**attempt)
                continue
            if answer.is_success:
                return answer.json()
            problem = answer.json()
            if problem["code"] not in PASSING:
                raise RuntimeError(f"{problem['code']}: {problem['detail']}")
            time.sleep(float(answer.headers.get("Retry-After", 2**attempt)))
        raise RuntimeError("no answer: send the same again later")

    def award(self, event_id, member, amount, activity_type, **more):
        """Award points; the event id awards once, for ever. Say when it was done, so that it is the same when it is sent again."""
        body = {"event_id": event_id, "member": member, "amount": amount, "activity_type": activity_type, **more}
        return self.send("/awards", body)

    def award_all(self, awards):
        """Award up to 10,000 at once; gives an outcome for each, in their order."""
        return self.send("/awards/batch", {"awards": awards})["items"]


if __name__ == "__main__":
    address, key, member = sys.argv[1:]
    awards = Awards(address, key)
    event, now = f"essay-{uuid4()}", datetime.now(UTC).isoformat()
    for _ in range(2):
        outcome = awards.award(event, member, 25, "project_update", description="Essay, second draft", occurred_at=now)
        print(outcome["status"], outcome["amount"])
    evening = [{"event_id": f"open-lab-{uuid4()}", "member": member, "amount": 10, "activity_type": "special_event"} for _ in range(3)]
    print([outcome["status"] for outcome in awards.award_all(evening)])
