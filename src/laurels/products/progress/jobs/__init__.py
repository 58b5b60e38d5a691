"""Progress's jobs. Each finds for itself what is left to do, so that running late, twice or on two machines harms nothing."""

from laurels.products.progress.jobs.bonuses import pay_bonuses
from laurels.products.progress.jobs.decay import decay_points
from laurels.products.progress.jobs.goals import open_goals
from laurels.products.progress.jobs.quests import expire_quests
from laurels.products.progress.jobs.seasons import archive_seasons
from laurels.products.progress.jobs.sign_ins import award_sign_ins, award_todays_sign_ins

__all__ = ["archive_seasons", "award_sign_ins", "award_todays_sign_ins", "decay_points", "expire_quests", "open_goals", "pay_bonuses"]
