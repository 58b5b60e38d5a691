"""Loyalty's JSON endpoints, by noun, all under `/programs`. `laurels.main` registers `router`."""

from fastapi import APIRouter

router = APIRouter(prefix="/programs", tags=["loyalty"])
