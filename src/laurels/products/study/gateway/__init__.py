"""The gateway: OpenAI's protocol at the site's root, so that any tool that speaks it studies within a class's limits.

    client = OpenAI(base_url="https://laurels.example.org/v1", api_key="lk_...")
    client.chat.completions.create(model="laurels", messages=[{"role": "user", "content": "What is a niche?"}])

A class's key asks as the member who made it: their membership, permissions and
limits, looked up with each call. Answers are made from the class's documents;
nothing of what is asked or answered is kept, only what it took.

Begin reading at `endpoints`, then `actions.relaying`; `answers` and `refusals`
say how both sides of it look in the protocol.
"""

from laurels.products.study.gateway.endpoints import router
from laurels.products.study.gateway.refusals import write_refusal

__all__ = ["router", "write_refusal"]
