"""A till that earns and burns points: all that a shop's backend needs, with nothing but httpx.

python till.py ADDRESS PROGRAM_ID SERVICE_KEY STUDENT_ID
"""

from datetime import UTC, datetime
import sys
import time
from uuid import uuid4

import httpx

PASSING = {"idempotency-key-in-flight", "too-many-requests", "unavailable"}
"""Codes of refusals that the same request may meet once and not again."""


class Till:
    """Talks to one loyalty program. Every call may be made again, with the same ids, until it is answered."""

    def __init__(self, address, program, key):
        self._client = httpx.Client(base_url=f"{address}/api/v1/programs/{program}", headers={"Authorization": f"Bearer {key}"}, timeout=10)

    def send(self, path, body, key=None):
        headers = {"Idempotency-Key": key} if key else {}
        for attempt in range(5):
            try:
                answer = self._client.post(path, json=body, headers={**headers, "Prefer": "wait"})
            except httpx.TransportError:  # nobody knows whether it arrived: the ids make it safe to send again
                time.sleep(2**attempt)
                continue
            if answer.is_success:
                return answer.json()
            problem = answer.json()
            if problem["code"] not in PASSING:
                raise RuntimeError(f"{problem['code']}: {problem['detail']}")
            time.sleep(float(answer.headers.get("Retry-After", 2**attempt)))
        raise RuntimeError("no answer: send the same again later")

    def earn(self, transaction_id, member, cents):
        """Points of a purchase; the transaction id earns once, for ever."""
        now = datetime.now(UTC).isoformat()
        body = {"transaction_id": transaction_id, "member": member, "amount": cents, "currency": "EUR", "occurred_at": now}
        return self.send("/earn", body)

    def take_discount(self, member, points):
        """Set points aside for a discount; pay out only what is confirmed. A key of our own makes it happen once."""
        reserved = self.send("/burn", {"member": member, "points": points}, key=f"discount-{uuid4()}")
        return self.send(f"/burn/{reserved['burn_id']}/confirm", {}, key=f"confirm-{reserved['burn_id']}")


if __name__ == "__main__":
    address, program, key, member = sys.argv[1:]
    till = Till(address, program, key)
    sale = f"sale-{uuid4()}"
    earned = till.earn(sale, member, 4_250)
    print("earned", earned["points"], "for", earned["transaction_id"] == sale)
    discount = till.take_discount(member, 100)
    print(discount["status"], discount["points"], "points, worth", discount["value_minor"], "cents")
